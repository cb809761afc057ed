import FleetModel

/// What is wrong with hosts, said once for all that have the same: `error: web[2-3] (2 hosts): connection refused`.
public struct GroupedProblems: Sendable {
    /// What is wrong with one host.
    public struct Problem: Sendable, Hashable {
        /// One sentence, without the host's name.
        public var text: String
        /// The remedy.
        public var hint: String?
        /// Printed as `warning:`.
        public var isWarning: Bool

        public init(_ text: String, hint: String? = nil, isWarning: Bool = false) {
            self.text = text
            self.hint = hint
            self.isWarning = isWarning
        }
    }

    private var order: [Problem] = []
    private var hosts: [Problem: [String]] = [:]

    public init() {}

    /// There is nothing to say.
    public var isEmpty: Bool { order.isEmpty }

    /// Takes what is wrong with one host; the same of it twice in a row counts once.
    public mutating func add(_ problem: Problem, of host: String) {
        if hosts[problem] == nil { order.append(problem) }
        if hosts[problem]?.last != host { hosts[problem, default: []].append(host) }
    }

    /// Errors first, those of the most hosts before others, each with all its hosts; a remedy that several share stands
    /// once, after the last of them.
    public func lines(style: Style = .plain) -> [String] {
        var told: Set<String> = []
        var lines: [String] = []
        for problem in sorted.reversed() {
            if let hint = problem.hint, told.insert(hint).inserted { lines.append("hint: \(hint)") }
            let label = problem.isWarning ? style("warning:", .warning) : style("error:", .bad)
            lines.append("\(label) \(sentence(problem))")
        }
        return lines.reversed()
    }

    /// In the order of ``lines(style:)``.
    public var diagnostics: [Diagnostic] { sorted.map { Diagnostic(sentence($0), hint: $0.hint) } }

    private var sorted: [Problem] { order.enumerated().sorted { rank($0) < rank($1) }.map(\.element) }

    /// Of what a host may say at any length; `--json` has all of it.
    private static let maximumColumns = 800

    private func sentence(_ problem: Problem) -> String {
        let names = hosts[problem] ?? []
        let count = names.count > 1 ? " (\(counted(names.count, "host")))" : ""
        return "\(folded(names))\(count): \(problem.text.onOneLine.clipped(to: Self.maximumColumns))"
    }

    private func rank(_ problem: (offset: Int, element: Problem)) -> (Int, Int, Int) {
        (problem.element.isWarning ? 1 : 0, -(hosts[problem.element]?.count ?? 0), problem.offset)
    }
}
