/// Values as Python's `str` and `repr` write them, which is how `--graph --vars` shows them.
enum PythonText {
    /// As `str` does: a string is shown as it is.
    static func string(_ value: Value) -> String {
        switch value {
        case .string(let text), .unsafe(let text): text
        default: representation(value)
        }
    }

    /// As `repr` does: a string stands in quotes.
    static func representation(_ value: Value) -> String {
        switch value {
        case .string(let text), .unsafe(let text): quoted(text)
        case .int(let number): "\(number)"
        case .double(let number): double(number)
        case .bool(let isTrue): isTrue ? "True" : "False"
        case .null: "None"
        case .list(let items): "[" + items.map(representation).joined(separator: ", ") + "]"
        case .dictionary(let entries):
            "{" + entries.map { "\(quoted($0.key)): \(representation($0.value))" }.joined(separator: ", ") + "}"
        case .encrypted: "(encrypted)"
        }
    }

    /// As JSON knows it, with the three numbers that RFC 8259 does not know.
    static func json(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        return number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : double(number)
    }

    /// The shortest digits that read back as the same number; an exponent from 1e16 on (Python's reference, `repr`).
    static func double(_ number: Double) -> String {
        let text = number.description
        // Swift begins with exponents at 2^53 already.
        guard number.magnitude < 1e16, number.magnitude >= 0x1p53 else { return text }
        return "\(Int(number)).0"
    }

    /// Single quotes, unless there are such but no double ones in the text.
    private static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars { result += escaped(scalar, quote: quote) }
        return result + String(quote)
    }

    private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar) -> String {
        switch scalar {
        case quote, "\\": return "\\" + String(scalar)
        case "\n": return #"\n"#
        case "\r": return #"\r"#
        case "\t": return #"\t"#
        case " "..."~": return String(scalar)
        default: return isPrintable(scalar) ? String(scalar) : codeEscape(scalar.value)
        }
    }

    private static func codeEscape(_ code: UInt32) -> String {
        let digits = String(code, radix: 16)
        let (mark, width) = code < 0x100 ? ("\\x", 2) : code < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        return mark + String(repeating: "0", count: width - digits.count) + digits
    }

    /// `str.isprintable`: not the categories Other and Separator, but the space.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: false
        case .lineSeparator, .paragraphSeparator, .spaceSeparator: false
        default: true
        }
    }
}
