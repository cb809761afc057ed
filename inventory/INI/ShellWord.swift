import FleetModel

/// A word of a host's line, split and unquoted as a POSIX shell does.
struct ShellWord {
    var text: String
    /// The column of its first character, quotes included.
    var column: Int

    /// The words of the line up to a `#` outside quotes; as in Python's `shlex`, it need not stand after a space.
    ///
    /// - Throws: where a quote is not closed or a backslash ends the line.
    static func words(of line: SourceLine) throws(Diagnostic) -> [ShellWord] {
        var splitter = Splitter(line: line)
        while let byte = splitter.next() {
            if byte == Byte.hash { break }
            try splitter.take(byte)
        }
        splitter.endWord()
        return splitter.words
    }

    private struct Splitter {
        let line: SourceLine
        var words: [ShellWord] = []
        private var position: Int
        /// The column of the next byte.
        private var column: Int
        private var word: [UInt8] = []
        /// Nil between words; a pair of quotes alone is a word, too.
        private var wordColumn: Int?

        init(line: SourceLine) {
            self.line = line
            position = line.bytes.startIndex
            column = line.column
        }

        mutating func next() -> UInt8? {
            guard position < line.bytes.endIndex else { return nil }
            let byte = line.bytes[position]
            position += 1
            if !Byte.isContinuation(byte) { column += 1 }
            return byte
        }

        mutating func take(_ byte: UInt8) throws(Diagnostic) {
            if Byte.isBlank(byte) { return endWord() }
            if wordColumn == nil { wordColumn = column - 1 }
            switch byte {
            case Byte.singleQuote, Byte.doubleQuote: try takeQuoted(by: byte)
            case Byte.backslash:
                guard let escaped = next() else {
                    throw Diagnostic(
                        "nothing follows the backslash", at: line.location(column: column - 1),
                        hint: #"a backslash quotes the next character; write \\ for the backslash itself"#)
                }
                word.append(escaped)
            default: word.append(byte)
            }
        }

        /// Inside `"`, a backslash quotes only `"` and itself; inside `'`, nothing.
        private mutating func takeQuoted(by quote: UInt8) throws(Diagnostic) {
            let start = column - 1
            while let byte = next() {
                if byte == quote { return }
                if byte == Byte.backslash, quote == Byte.doubleQuote, position < line.bytes.endIndex,
                    line.bytes[position] == quote || line.bytes[position] == Byte.backslash
                {
                    word.append(line.bytes[position])
                    _ = next()
                } else {
                    word.append(byte)
                }
            }
            let mark = quote == Byte.singleQuote ? "'" : "\""
            throw Diagnostic(
                "the quote \(mark) is not closed", at: line.location(column: start),
                hint: "close it, or put a backslash before it if it belongs to the value")
        }

        mutating func endWord() {
            guard let start = wordColumn else { return }
            words.append(ShellWord(text: String(decoding: word, as: UTF8.self), column: start))
            word.removeAll(keepingCapacity: true)
            wordColumn = nil
        }
    }
}
