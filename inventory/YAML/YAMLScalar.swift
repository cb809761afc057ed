/// The types of plain scalars as PyYAML resolves them (YAML 1.1, with PyYAML's own slips).
enum YAMLScalar {
    /// What a scalar without tag or quotes means; nil for `=`, which means nothing to Ansible either.
    static func value(of text: String) -> Value? {
        guard let first = text.utf8.first else { return .null }
        if let constant = constants[text] { return constant }
        if text == "=" { return nil }
        guard Byte.isDigit(first) || "+-.".utf8.contains(first) else { return .string(text) }
        return integer(text) ?? float(text) ?? YAMLTimestamp.isoText(of: text).map(Value.string) ?? .string(text)
    }

    static let constants: [String: Value] = {
        var constants: [String: Value] = ["~": .null, "null": .null, "Null": .null, "NULL": .null]
        for word in ["yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { constants[word] = .bool(true) }
        for word in ["no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            constants[word] = .bool(false)
        }
        return constants
    }()

    /// `0b11`, `0755` (octal), `0x1F`, `1_000`, `190:20:30` (base 60). Those beyond 64 bits are strings.
    static func integer(_ text: String) -> Value? {
        let (sign, digits) = split(text)
        guard let first = digits.utf8.first else { return nil }
        if digits.hasPrefix("0b") { return number(digits.dropFirst(2), radix: 2, sign: sign) }
        if digits.hasPrefix("0x") { return number(digits.dropFirst(2), radix: 16, sign: sign) }
        if first == UInt8(ascii: "0") {
            return digits == "0" ? .int(0) : number(digits.dropFirst(), radix: 8, sign: sign)
        }
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        guard Byte.isDigit(first), isDigits(parts[0]), parts.dropFirst().allSatisfy(isSexagesimal) else { return nil }
        var sum = 0
        for part in parts {
            guard let number = Int(part.filter { $0 != "_" }) else { return .string(text) }
            let (product, overflow) = sum.multipliedReportingOverflow(by: 60)
            let (total, overflows) = product.addingReportingOverflow(number)
            guard !overflow, !overflows else { return .string(text) }
            sum = total
        }
        return .int(sign == "-" ? -sum : sum)
    }

    private static func number(_ digits: Substring, radix: Int, sign: String) -> Value? {
        let plain = digits.filter { $0 != "_" }
        guard !plain.isEmpty, plain.utf8.allSatisfy(Byte.isHexadecimal) else { return nil }
        return Int(sign + plain, radix: radix).map(Value.int)
    }

    /// `1.5`, `.5`, `1.0e+3` (the exponent needs its sign), `190:20:30.15`, `.inf`, `.nan`.
    static func float(_ text: String) -> Value? {
        let (sign, digits) = split(text)
        switch digits {
        case ".inf", ".Inf", ".INF": return .double(sign == "-" ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return text == digits ? .double(.nan) : nil
        default: break
        }
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = parts.last, let dot = last.firstIndex(of: ".") else { return nil }
        guard parts.count > 1 else { return decimal(digits, dot: dot, sign: sign, text: text) }
        let whole = parts.dropLast() + [last[..<dot]]
        guard let first = whole.first, isDigits(first), whole.dropFirst().allSatisfy(isSexagesimal),
            isUnderscoredDigits(last[last.index(after: dot)...])
        else { return nil }
        let numbers = (parts.dropLast() + [last]).compactMap { Double($0.filter { $0 != "_" }) }
        guard numbers.count == parts.count else { return nil }
        let sum = numbers.dropFirst().reduce(numbers[0]) { $0 * 60 + $1 }
        return .double(sign == "-" ? -sum : sum)
    }

    private static func decimal(_ digits: Substring, dot: Substring.Index, sign: String, text: String) -> Value? {
        let whole = digits[..<dot]
        var fraction = digits[digits.index(after: dot)...]
        if let e = fraction.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            let exponent = fraction[fraction.index(after: e)...]
            guard let mark = exponent.first, mark == "+" || mark == "-", exponent.count > 1,
                exponent.dropFirst().utf8.allSatisfy(Byte.isDigit)
            else { return nil }
            fraction = fraction[..<e]
        }
        guard isUnderscoredDigits(fraction) else { return nil }
        // `.5` may have no sign, and a digit must follow its point.
        if whole.isEmpty {
            guard sign.isEmpty, text == digits, fraction.utf8.first.map(Byte.isDigit) == true else { return nil }
        } else {
            guard isDigits(whole) else { return nil }
        }
        let plain = digits.filter { $0 != "_" }
        let padded = plain.hasPrefix(".") ? "0" + plain : plain
        let full = padded.replacing(".e", with: ".0e").replacing(".E", with: ".0e")
        return Double(sign + (full.hasSuffix(".") ? full + "0" : full)).map(Value.double)
    }

    private static func split(_ text: String) -> (sign: String, digits: Substring) {
        if text.hasPrefix("-") { return ("-", text.dropFirst()) }
        return ("", text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    /// A digit, then digits and underscores.
    private static func isDigits(_ text: Substring) -> Bool {
        text.utf8.first.map(Byte.isDigit) == true && isUnderscoredDigits(text)
    }

    private static func isUnderscoredDigits(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { Byte.isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// `0`…`59`.
    private static func isSexagesimal(_ text: Substring) -> Bool {
        (1...2).contains(text.utf8.count) && text.utf8.allSatisfy(Byte.isDigit) && (Int(text) ?? 60) < 60
    }
}
