import FleetModel
import HostAccess
import Reporting

/// What became of one host, for people and for programs.
protocol HostLine: Encodable, Sendable {
    var host: String { get }
    /// Nil where all went well.
    var problem: String? { get }
    var hint: String? { get }
    func text(_ style: Style) -> String
}

/// Does the same on every host at once.
struct HostRound {
    let output: OutputOptions

    /// Says how each host went as soon as it is known; answers those that failed, by name.
    func run<Line: HostLine>(
        on endpoints: [HostEndpoint], _ operation: @escaping @Sendable (HostEndpoint) async -> Line
    ) async -> [Line] {
        await withTaskGroup(of: Line.self) { group in
            for endpoint in endpoints { group.addTask { await operation(endpoint) } }
            var failed: [Line] = []
            for await line in group {
                if !output.quiet || line.problem != nil {
                    Terminal.standard.print(output.json ? line.jsonLine : line.text(output.resultStyle(on: .standard)))
                }
                if line.problem != nil { failed.append(line) }
            }
            return failed.sorted { $0.host < $1.host }
        }
    }

    /// Why they failed, what several have in common once; `conclusion` says what that comes to.
    static func failure(
        _ failed: [some HostLine], status: ExitStatus, conclusion: String
    ) -> Failure {
        var grouped = GroupedProblems()
        for line in failed {
            grouped.add(GroupedProblems.Problem(line.problem ?? "", hint: line.hint), of: line.host)
        }
        var failure = Failure("", status: status)
        failure.diagnostics = grouped.diagnostics + [Diagnostic(conclusion)]
        return failure
    }
}
