import FleetModel
import YAMLDiagnosis
import Yams

/// Collects all that is wrong with one spec, so that a person can mend it in one go.
final class Findings {
    /// Enough to mend at once; the rest are counted, not listed.
    static let maximumListed = 50

    private let file: String
    private var all: [Diagnostic] = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { all.isEmpty }

    func location(line: Int, column: Int) -> SourceLocation { SourceLocation(file: file, line: line, column: column) }

    /// A nil `location` means the file as a whole: its beginning.
    func add(_ problem: String, at location: SourceLocation? = nil, hint: String? = nil) {
        all.append(Diagnostic(problem, at: location ?? self.location(line: 1, column: 1), hint: hint))
    }

    func add(_ error: YamlError) {
        if let mistake = YAMLMistake(error, file: file) {
            all.append(mistake.diagnostic)
        } else if case .duplicatedKeysInMapping(let duplicates, let context) = error {
            let keys = duplicates.map { quoted($0) }.joined(separator: ", ")
            let verb = duplicates.count == 1 ? "is" : "are each"
            let first = location(line: context.mark.line, column: context.mark.column)
            add("\(keys) \(verb) given more than once, first here", at: first, hint: "keep one")
        }
    }

    /// In the order of the text.
    var diagnostics: Diagnostics {
        let sorted = all.sorted { Self.place($0) < Self.place($1) }
        guard sorted.count > Self.maximumListed else { return Diagnostics(sorted) }
        let rest = Diagnostic("\(sorted.count - Self.maximumListed) more mistakes are not listed")
        return Diagnostics(sorted.prefix(Self.maximumListed) + [rest])
    }

    private static func place(_ diagnostic: Diagnostic) -> (Int, Int) {
        (diagnostic.location?.line ?? 0, diagnostic.location?.column ?? 0)
    }
}

/// What a person wrote, in quotes, fit for one line of an error.
func quoted(_ text: some StringProtocol) -> String {
    let start = text.prefix(60)
    let line = String(String.UnicodeScalarView(start.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? " " : $0 }))
    return "'\(line.printable())\(start.endIndex < text.endIndex ? "…" : "")'"
}
