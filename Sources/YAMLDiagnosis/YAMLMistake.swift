import FleetModel
import Yams

/// libyaml's own errors, in words for people who don't know the YAML specification by heart.
public struct YAMLMistake {
    public let diagnostic: Diagnostic

    /// Nil for a key that is given twice: what that means is for the file's reader to say.
    public init?(_ error: YamlError, file: String) {
        func place(_ mark: Mark) -> SourceLocation { SourceLocation(file: file, line: mark.line, column: mark.column) }
        switch error {
        case .scanner(let context, let problem, let mark, let text),
            .parser(let context, let problem, let mark, let text),
            .composer(let context, let problem, let mark, let text):
            let isUnclosed = problem.contains("unexpected end of stream") || problem.contains("expected ',' or")
            let isAtContext = isUnclosed || problem.contains("expected ':'")
            let (sentence, hint) = Self.explanation(
                problem, isUnclosed: isUnclosed, isTab: Self.isTab(at: mark, in: text))
            diagnostic = Diagnostic(sentence, at: place(isAtContext ? context?.mark ?? mark : mark), hint: hint)
        case .duplicatedKeysInMapping: return nil
        case .reader(_, let offset, _, let text):
            let start = text.unicodeScalars.prefix(offset ?? 0)
            let column = start.reversed().prefix { $0 != "\n" }.count + 1
            diagnostic = Diagnostic(
                "a character that text files don't have",
                at: SourceLocation(file: file, line: start.count { $0 == "\n" } + 1, column: column),
                hint: "the file is a text in UTF-8; delete the character")
        default: diagnostic = Diagnostic("'\(file)' can't be read as YAML")
        }
    }

    private static func isTab(at mark: Mark, in text: String) -> Bool {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return false }
        return lines[mark.line - 1].dropFirst(mark.column - 1).first == "\t"
    }

    private static func explanation(_ problem: String, isUnclosed: Bool, isTab: Bool) -> (String, String?) {
        if isTab { return ("YAML doesn't allow a tab here", "indent with spaces") }
        if isUnclosed { return ("what is opened here is never closed", "add the missing quote, ']' or '}'") }
        for (pattern, sentence, hint) in sentences where problem.contains(pattern) { return (sentence, hint) }
        return ("not valid YAML: \(problem)", nil)
    }

    private static let sentences: [(pattern: String, sentence: String, hint: String?)] = [
        ("expected alphabetic or numeric", "YAML takes '*' and '&' at the start of a value for itself", quote),
        ("found undefined alias", "YAML takes '*' at the start of a value for an alias", quote),
        ("cannot start any token", "a value can't start with this character", quote),
        ("mapping values are not allowed", "unexpected ':'", "check the indentation, or quote a value that holds ': '"),
        ("could not find expected ':'", "a key without ':'", "write 'key: value'"),
        ("did not find expected key", "this line doesn't fit the ones above it", "check the indentation"),
        ("did not find expected '-' indicator", "this line doesn't fit the list above it", "check the indentation"),
        ("block sequence entries are not allowed", "a list item isn't allowed here", "put the list on its own lines"),
        ("found another document", "a second document begins here", "one file holds one document; remove '---'"),
        ("nesting level", "nested too deeply", nil),
    ]

    private static let quote = "put the value in double quotes"
}
