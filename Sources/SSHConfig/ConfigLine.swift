import FleetModel

/// One line of a configuration, or what follows one `-o`: a keyword, and the rest.
struct ConfigLine {
    var keyword: String
    /// All that follows the keyword and one `=`.
    var rest: String
    /// The place of the keyword.
    var location: SourceLocation?

    /// Nil for a line that is blank or a comment. A carriage return or form feed at the end is white space.
    init?(_ line: some Collection<UInt8>, at place: (Int) -> SourceLocation?) throws(Diagnostic) {
        let bytes = Array(line)
        guard let end = bytes.lastIndex(where: { !Self.isBlank($0) && $0 != 0x0C }),
            let start = bytes.firstIndex(where: { !Self.isBlank($0) }), start <= end, bytes[start] != UInt8(ascii: "#")
        else { return nil }
        location = place(bytes[..<start].count + 1)
        let text = bytes[start...end]
        let wordEnd = text.firstIndex { Self.isBlank($0) || $0 == Self.equals } ?? text.endIndex
        keyword = String(decoding: text[..<wordEnd], as: UTF8.self)
        var rest = text[wordEnd...].drop(while: Self.isBlank)
        if rest.first == Self.equals { rest = rest.dropFirst().drop(while: Self.isBlank) }
        self.rest = String(decoding: rest, as: UTF8.self)
        if self.rest.isEmpty { throw Diagnostic("\(keyword.printable()) has no value", at: location) }
    }

    /// The rest as words: `"` and `'` quote, a backslash quotes a quote, itself and, outside quotes, a space; a `#`
    /// that begins a word begins a comment.
    func words() throws(Diagnostic) -> [String] {
        var words: [String] = []
        var bytes = Array(rest.utf8)[...]
        while true {
            bytes = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let first = bytes.first, first != UInt8(ascii: "#") else { return words }
            words.append(try takeWord(from: &bytes))
        }
    }

    private func takeWord(from bytes: inout ArraySlice<UInt8>) throws(Diagnostic) -> String {
        var word: [UInt8] = []
        var quote: UInt8?
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                if let next = bytes.first, Self.isEscapable(next, inQuotes: quote != nil) {
                    word.append(next)
                    bytes.removeFirst()
                } else {
                    word.append(byte)
                }
            case _ where byte == quote: quote = nil
            case UInt8(ascii: " ") where quote == nil, UInt8(ascii: "\t") where quote == nil:
                return String(decoding: word, as: UTF8.self)
            case UInt8(ascii: "\"") where quote == nil, UInt8(ascii: "'") where quote == nil: quote = byte
            default: word.append(byte)
            }
        }
        guard quote == nil else { throw Diagnostic("\(keyword.printable()): a quote is not closed", at: location) }
        return String(decoding: word, as: UTF8.self)
    }

    private static let equals = UInt8(ascii: "=")

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D }

    private static func isEscapable(_ byte: UInt8, inQuotes: Bool) -> Bool {
        byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            || (!inQuotes && byte == UInt8(ascii: " "))
    }
}
