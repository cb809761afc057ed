/// Makes text from a host safe to show: hosts' output is hostile.
extension String {
    /// The text without control characters (terminal escapes, bells, carriage returns) and bidirectional overrides;
    /// line feeds and tabs stay. At most `maximumBytes` of its end are kept.
    public func printable(maximumBytes: Int = 4096) -> String {
        // A character of which only UTF-8's continuation bytes are left is left out.
        let isCut = utf8.count > maximumBytes
        let tail = isCut ? String(decoding: utf8.suffix(maximumBytes).drop { $0 & 0xC0 == 0x80 }, as: UTF8.self) : self
        // Plain ASCII, which nearly all text is, needs neither Unicode's tables nor a copy.
        if tail.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x09 }) { return tail }
        return String(String.UnicodeScalarView(tail.unicodeScalars.filter(\.isPrintable)))
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        if self == "\n" || self == "\t" { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
