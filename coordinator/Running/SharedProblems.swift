import FleetModel

/// What is wrong with hosts: a place that is wrong for a thousand hosts is told once, with the first of them.
struct SharedProblems {
    private struct Subject: Hashable {
        var location: SourceLocation?
        /// Without the host's name.
        var problem: String
    }

    private var first: [Subject: Int] = [:]
    private var all: [(diagnostic: Diagnostic, otherHosts: Int)] = []

    mutating func add(_ diagnostics: Diagnostics, of host: HostName) {
        for diagnostic in diagnostics.all {
            let subject = Subject(
                location: diagnostic.location,
                problem: diagnostic.problem.replacing("'\(host.text)'", with: "", maxReplacements: 1))
            if let index = first[subject] {
                all[index].otherHosts += 1
            } else {
                first[subject] = all.count
                all.append((diagnostic, 0))
            }
        }
    }

    /// Nil where nothing is wrong.
    func diagnostics(maximum: Int) -> Diagnostics? {
        guard !all.isEmpty else { return nil }
        var diagnostics = all.prefix(maximum).map { diagnostic, otherHosts in
            var diagnostic = diagnostic
            if otherHosts > 0 { diagnostic.problem += " (so for \(otherHosts) more host\(otherHosts == 1 ? "" : "s"))" }
            return diagnostic
        }
        if all.count > maximum { diagnostics.append(Diagnostic("and \(all.count - maximum) more problems")) }
        return Diagnostics(diagnostics)
    }
}
