/// The written limits of CONTRIBUTING.md that a machine can check.
enum StyleRules {
    static let maximumFunctionLines = 70
    static let maximumFileLines = 600
    static let maximumColumns = 120
    static let maximumCommandLines = 100

    static func lengths(in file: SwiftFile) -> [Violation] {
        let isCommand = file.path.hasPrefix("coordinator/Commands/")
        let limit = isCommand ? maximumCommandLines : maximumFileLines
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        let tooLong =
            count > limit ? [Violation(file: file.path, line: 1, problem: "\(count) lines, at most \(limit)")] : []
        let functions = file.functions.filter { $0.lines > maximumFunctionLines }.map {
            Violation(
                file: file.path, line: $0.line,
                problem: "\($0.name) has \($0.lines) lines, at most \(maximumFunctionLines)")
        }
        let wide = file.lines.indices.filter { file.lines[$0].count > maximumColumns }.map {
            Violation(file: file.path, line: $0 + 1, problem: "wider than \(maximumColumns) columns")
        }
        return tooLong + functions + wide
    }

    /// What may not stand in a program that input from outside must never crash, or that is finished.
    static func smells(in file: SwiftFile) -> [Violation] {
        let marks = /\b(?:TODO|FIXME|XXX|HACK)\b/.wordBoundaryKind(.simple)
        let unfinished = file.lines.indices.filter { file.lines[$0].contains(marks) }.map {
            Violation(file: file.path, line: $0 + 1, problem: "unfinished work belongs in an issue")
        }
        return unfinished + file.violations(of: /\bfatalError\s*\(/, "fatalError crashes the program")
            + file.violations(of: /\btry!/, "try! crashes the program")
            + file.violations(of: /[\w)\]}>]!(?!=)/, "a forced unwrap or cast crashes the program")
    }

    /// A promise the compiler cannot check stands beside its reason.
    static func unexplainedPromises(in file: SwiftFile) -> [Violation] {
        file.violations(of: /@unchecked\s+Sendable|nonisolated\s*\(unsafe\)/, "say on the line before why this is safe")
            .filter { $0.line < 2 || !file.lines[$0.line - 2].contains(/^\s*\/\//) }
    }

    /// Public types and functions say what they are; what meets a protocol's requirement (`met`) need not repeat it.
    static func undocumentedDeclarations(in file: SwiftFile, met: Set<String>) -> [Violation] {
        let declaration = /^\s*public\s+(?:\w+\s+)*(?:struct|enum|class|actor|protocol|typealias|func)\s+(\w+)/
        return file.code.indices.compactMap { index in
            guard let match = file.code[index].firstMatch(of: declaration), !met.contains(String(match.1)),
                !isDocumented(file, index)
            else { return nil }
            return Violation(file: file.path, line: index + 1, problem: "\(match.1) is public and not documented")
        }
    }

    /// Attributes may stand between the comment and the declaration.
    private static func isDocumented(_ file: SwiftFile, _ index: Int) -> Bool {
        let before = file.lines[..<index].reversed().first { !$0.contains(/^\s*@/) }
        return before?.contains(/^\s*\/\/\//) ?? false
    }

    /// The agent is written in the part of Swift that also compiles as Embedded Swift, which has existentials of
    /// class-bound protocols only.
    static func notEmbeddable(in file: SwiftFile, classBound: Set<String> = []) -> [Violation] {
        file.violations(of: /\bany\s+[A-Z(]/, "the agent uses no existentials of protocols that are not class-bound")
            .filter { violation in
                let names = file.code[violation.line - 1].matches(of: /\bany\s+(\w+)/).map { String($0.1) }
                return names.isEmpty || !names.allSatisfy(classBound.contains)
            }
            + file.violations(of: /\bthrows\b(?!\s*\()|\brethrows\b/, "the agent throws typed errors only")
            + file.violations(of: /\basync\b|\bawait\b|\bactor\s+[A-Z]|\bTask\s*[.{]/, "the agent is one poll loop")
    }

    /// The protocols of these files that only classes conform to.
    static func classBoundProtocols(in files: [SwiftFile]) -> Set<String> {
        let declaration = /\bprotocol\s+(\w+)\s*:\s*AnyObject\b/
        return Set(files.flatMap(\.code).compactMap { $0.firstMatch(of: declaration).map { String($0.1) } })
    }

    /// A test waits for a condition, never for a time. Where it has to look again and again, or time itself is the
    /// matter, the line before says so.
    static func sleeps(in file: SwiftFile) -> [Violation] {
        file.violations(of: /\b(?:sleep|usleep|nanosleep)\s*\(/, "a sleep in place of a condition")
            .filter { !file.code[$0.line - 1].contains(/\bfunc\s+sleep/) }
            .filter { $0.line < 2 || !file.lines[$0.line - 2].contains(/^\s*\/\//) }
    }
}
