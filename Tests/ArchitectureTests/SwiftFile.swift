/// A Swift source file as the rules look at it.
struct SwiftFile {
    var path: String
    /// The lines as written.
    var lines: [String]
    /// The same lines with comments and the contents of strings and raw identifiers blanked; columns stay.
    var code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = CodeScanner.blankingTextAndComments(in: text)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The modules imported, with the line of each.
    var imports: [(module: String, line: Int)] {
        let pattern =
            #/
            ^\s*(?:@\w+(?:\([^)]*\))?\s+)*
            (?:(?:public|package|internal|private|fileprivate)\s+)?
            import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)
            /#
        return code.enumerated().compactMap { index, line in
            line.firstMatch(of: pattern).map { (String($0.1), index + 1) }
        }
    }

    /// The names of the functions that the file's protocols require.
    var requirements: Set<String> {
        var names: Set<String> = []
        var isInProtocol = false
        for line in code {
            if line.contains(/^\s*(?:public\s+)?protocol\s/) { isInProtocol = !line.contains("}") }
            if isInProtocol, let match = line.firstMatch(of: /^\s+(?:static\s+|mutating\s+)*func\s+(\w+)/) {
                names.insert(String(match.1))
            }
            if line.contains(/^\s*\}/) { isInProtocol = false }
        }
        return names
    }

    /// A breach for every line of code that matches. Word boundaries are the simple ones: in the Unicode kind, the
    /// default, `Task.sleep` is one word.
    func violations(of pattern: Regex<Substring>, _ problem: String) -> [Violation] {
        let pattern = pattern.wordBoundaryKind(.simple)
        return code.indices.filter { code[$0].contains(pattern) }
            .map { Violation(file: path, line: $0 + 1, problem: problem) }
    }
}
