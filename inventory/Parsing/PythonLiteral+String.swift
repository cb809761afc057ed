extension PythonLiteral {
    /// One string, or several in a row, which Python joins; the position stays where there is none.
    mutating func readString() -> Value? {
        let start = position
        var text: [UInt8] = []
        var count = 0
        while true {
            let isRaw = takePrefix()
            guard let quote = current, quote == Byte.singleQuote || quote == Byte.doubleQuote else { break }
            position += 1
            guard readBody(until: quote, isRaw: isRaw, into: &text) else {
                position = start
                return nil
            }
            count += 1
            skipBlanks()
        }
        if count == 0 { position = start }
        return count > 0 ? .string(String(decoding: text, as: UTF8.self)) : nil
    }

    /// Takes the `r` or `u` before a quote; true for `r`.
    private mutating func takePrefix() -> Bool {
        guard let byte = current, "rRuU".utf8.contains(byte), position + 1 < bytes.count,
            bytes[position + 1] == Byte.singleQuote || bytes[position + 1] == Byte.doubleQuote
        else { return false }
        position += 1
        return "rR".utf8.contains(byte)
    }

    /// False where the quote is not closed or an escape is malformed.
    private mutating func readBody(until quote: UInt8, isRaw: Bool, into text: inout [UInt8]) -> Bool {
        while let byte = current {
            position += 1
            if byte == quote { return true }
            if byte != Byte.backslash {
                text.append(byte)
            } else if isRaw {
                guard let escaped = current else { return false }
                text += [byte, escaped]
                position += 1
            } else if !readEscape(into: &text) {
                return false
            }
        }
        return false
    }

    /// What follows the backslash (Python's reference, §2.4.1.1); an unknown escape stays as written.
    private mutating func readEscape(into text: inout [UInt8]) -> Bool {
        guard let byte = current else { return false }
        position += 1
        switch byte {
        case Byte.backslash, Byte.singleQuote, Byte.doubleQuote: text.append(byte)
        case UInt8(ascii: "x"): return readCode(digits: 2, into: &text)
        case UInt8(ascii: "u"): return readCode(digits: 4, into: &text)
        case UInt8(ascii: "U"): return readCode(digits: 8, into: &text)
        case UInt8(ascii: "N"): return false
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            let digits = bytes[(position - 1)...].prefix(3).prefix { (0x30...0x37).contains($0) }
            position = digits.endIndex
            return append(UInt32(String(decoding: digits, as: UTF8.self), radix: 8), to: &text)
        default:
            if let plain = Self.escapes[byte] { text.append(plain) } else { text += [Byte.backslash, byte] }
        }
        return true
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "v"): 0x0B, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "r"): 0x0D,
    ]

    private mutating func readCode(digits count: Int, into text: inout [UInt8]) -> Bool {
        let digits = bytes[position...].prefix(count).prefix(while: Byte.isHexadecimal)
        guard digits.count == count else { return false }
        position = digits.endIndex
        return append(UInt32(String(decoding: digits, as: UTF8.self), radix: 16), to: &text)
    }

    private func append(_ code: UInt32?, to text: inout [UInt8]) -> Bool {
        guard let scalar = code.flatMap(Unicode.Scalar.init) else { return false }
        text += Array(String(Character(scalar)).utf8)
        return true
    }
}
