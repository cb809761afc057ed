/// Splits a command as a shell does.
enum ShellWords {
    /// What a shell would do more with than to split and unquote.
    private static let meaningful = Set("$`;|&<>()*?{}!#\n".utf8)
    private static let meaningfulInDoubleQuotes = Set("$`".utf8)

    /// The words, as Python's `shlex.split` has them. Nil where a quote is open at the end, and, with `isPlainOnly`,
    /// where a shell would do more than to split and unquote.
    static func split(_ text: String, isPlainOnly: Bool = false) -> [String]? {
        var words: [String] = []
        var word: [UInt8] = []
        // A pair of quotes alone is a word, too.
        var isInWord = false
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D:
                if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
                isInWord = false
                continue
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let quoted = takeQuoted(by: byte, from: &rest, isPlainOnly: isPlainOnly) else { return nil }
                word += quoted
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                word.append(next)
            default:
                if isPlainOnly, meaningful.contains(byte) { return nil }
                word.append(byte)
            }
            isInWord = true
        }
        if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    /// Inside `"`, a backslash quotes only `"` and itself; inside `'`, nothing.
    private static func takeQuoted(
        by quote: UInt8, from rest: inout ArraySlice<UInt8>, isPlainOnly: Bool
    ) -> [UInt8]? {
        var quoted: [UInt8] = []
        let isDouble = quote == UInt8(ascii: "\"")
        while let byte = rest.popFirst() {
            if byte == quote { return quoted }
            if isDouble, isPlainOnly, meaningfulInDoubleQuotes.contains(byte) { return nil }
            if isDouble, byte == UInt8(ascii: "\\"), let next = rest.first, next == quote || next == byte {
                quoted.append(next)
                rest.removeFirst()
            } else {
                quoted.append(byte)
            }
        }
        return nil
    }
}
