import FleetModel
import Reporting

/// What is wrong with hosts: a place that is wrong for a thousand hosts is told once, and names them all.
struct SharedProblems {
    private struct Subject: Hashable {
        var location: SourceLocation?
        /// Without the host's name.
        var problem: String
    }

    private var first: [Subject: Int] = [:]
    private var all: [(diagnostic: Diagnostic, hosts: [HostName])] = []

    mutating func add(_ diagnostics: Diagnostics, of host: HostName) {
        for diagnostic in diagnostics.all {
            let subject = Subject(
                location: diagnostic.location,
                problem: diagnostic.problem.replacing("'\(host.text)'", with: "", maxReplacements: 1))
            if let index = first[subject] {
                all[index].hosts.append(host)
            } else {
                first[subject] = all.count
                all.append((diagnostic, [host]))
            }
        }
    }

    /// Nil where nothing is wrong.
    func diagnostics(maximum: Int) -> Diagnostics? {
        guard !all.isEmpty else { return nil }
        var diagnostics = all.prefix(maximum).map { diagnostic, hosts in
            var diagnostic = diagnostic
            if hosts.count > 1 { diagnostic.problem += " (\(hosts.count) hosts: \(folded(hosts.map(\.text))))" }
            return diagnostic
        }
        if all.count > maximum { diagnostics.append(Diagnostic("and \(all.count - maximum) more problems")) }
        return Diagnostics(diagnostics)
    }
}
