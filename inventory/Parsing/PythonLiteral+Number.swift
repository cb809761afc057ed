extension PythonLiteral {
    /// A number with or without a sign; the position stays where there is none.
    mutating func readNumber() -> Value? {
        let start = position
        if let value = readSignedNumber() { return value }
        position = start
        return nil
    }

    private mutating func readSignedNumber() -> Value? {
        var sign = ""
        if take("-") { sign = "-" } else { _ = take("+") }
        skipBlanks()
        let digits = readNumberText()
        // `1.2.3` and `5m` are no numbers but words that begin like one; addresses are the most frequent value of all.
        guard !digits.isEmpty, digits.utf8.count(where: { $0 == UInt8(ascii: ".") }) <= 1 else { return nil }
        if digits.utf8.allSatisfy(Byte.isDigit) { return Self.int(digits, sign: sign) }
        let lowercased = digits.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lowercased.hasPrefix(prefix) {
            // An underscore may follow the prefix, too.
            guard let text = Self.joined("0" + lowercased.dropFirst(2)) else { return nil }
            return text == "0" ? nil : Int(sign + text, radix: radix).map(Value.int)
        }
        return Self.decimal(lowercased, sign: sign)
    }

    /// Everything that looks like part of a number; a sign only behind the `e` of a decimal.
    private mutating func readNumberText() -> String {
        let start = position
        var isExponent = false
        while let byte = current,
            Byte.isWord(byte) || byte == UInt8(ascii: ".") || (isExponent && "+-".utf8.contains(byte))
        {
            isExponent = "eE".utf8.contains(byte)
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func decimal(_ text: String, sign: String) -> Value? {
        let parts = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var joinedMantissa: [String] = []
        for part in mantissa {
            guard let digits = part.isEmpty ? "" : joined(String(part)) else { return nil }
            joinedMantissa.append(digits)
        }
        guard joinedMantissa.contains(where: { !$0.isEmpty }) else { return nil }
        if parts.count == 1, mantissa.count == 1 { return int(joinedMantissa[0], sign: sign) }
        var exponent = ""
        if parts.count == 2 {
            let exponentSign = parts[1].hasPrefix("-") ? "-" : ""
            let unsigned = parts[1].drop { "+-".contains($0) }
            guard parts[1].count - unsigned.count <= 1, let digits = joined(String(unsigned)) else { return nil }
            exponent = "e" + exponentSign + digits
        }
        let fraction = joinedMantissa.count == 2 && !joinedMantissa[1].isEmpty ? "." + joinedMantissa[1] : ""
        let whole = joinedMantissa[0].isEmpty ? "0" : joinedMantissa[0]
        return Double(sign + whole + fraction + exponent).flatMap { $0.isFinite ? .double($0) : nil }
    }

    /// Python refuses `0755`, lest it be taken for octal, but not `00`.
    private static func int(_ digits: String, sign: String) -> Value? {
        guard !digits.hasPrefix("0") || digits.allSatisfy({ $0 == "0" }) else { return nil }
        return Int(sign + digits).map(Value.int)
    }

    /// The digits without the underscores, of which each must stand between two digits; nil for other characters.
    private static func joined(_ text: String) -> String? {
        let isValid = text.split(separator: "_", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Byte.isHexadecimal) }
        return isValid ? text.filter { $0 != "_" } : nil
    }
}
