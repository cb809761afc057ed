import FleetModel
import Yams

/// YAML's own errors, in words for people who don't know the YAML specification by heart.
extension Findings {
    func add(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, let text),
            .parser(let context, let problem, let mark, let text),
            .composer(let context, let problem, let mark, let text):
            add(YAMLMistake(problem: problem, context: context, mark: mark, text: text))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { quoted($0) }.joined(separator: ", ")
            let verb = duplicates.count == 1 ? "is" : "are each"
            add("\(keys) \(verb) given more than once, first here", at: location(context.mark), hint: "keep one")
        case .reader(_, let offset, _, let text):
            add("the spec holds a character that text files don't have", at: offset.map { location(of: $0, in: text) })
        default: add("the spec can't be read as YAML")
        }
    }

    private func add(_ mistake: YAMLMistake) {
        let (sentence, hint) = mistake.explanation
        add(sentence, at: location(mistake.place), hint: hint)
    }

    private func location(_ mark: Mark) -> SourceLocation { location(line: mark.line, column: mark.column) }

    /// `offset` counts characters, as Yams does.
    private func location(of offset: Int, in text: String) -> SourceLocation {
        let before = text.prefix(offset)
        let start = before.lastIndex(where: \.isNewline).map { before.index(after: $0) } ?? before.startIndex
        let line = before.count(where: \.isNewline) + 1
        return location(line: line, column: before[start...].unicodeScalars.count + 1)
    }
}

/// One error of libyaml's scanner, parser or composer.
private struct YAMLMistake {
    /// libyaml's words; matched here, never shown alone.
    let problem: String
    let context: YamlError.Context?
    let mark: Mark
    let text: String

    /// Where a key, quote, bracket or brace began that is never finished; otherwise where libyaml gave up.
    var place: Mark { isUnclosed || problem.contains("expected ':'") ? context?.mark ?? mark : mark }

    var explanation: (sentence: String, hint: String?) {
        if characterAtMark == "\t" { return ("YAML doesn't allow a tab here", "indent with spaces") }
        if isUnclosed { return ("what is opened here is never closed", "add the missing quote, ']' or '}'") }
        for (pattern, sentence, hint) in Self.sentences where problem.contains(pattern) { return (sentence, hint) }
        return ("not valid YAML: \(problem)", nil)
    }

    private var isUnclosed: Bool {
        problem.contains("unexpected end of stream") || problem.contains("expected ',' or")
    }

    private var characterAtMark: Unicode.Scalar? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first
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
        ("found another document", "a second document begins here", "one file holds one spec; remove '---'"),
        ("nesting level", "the spec is nested too deeply", nil),
    ]

    private static let quote = "put the value in double quotes"
}
