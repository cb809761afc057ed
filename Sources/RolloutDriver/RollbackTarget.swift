import AgentProtocol
import FleetModel

/// The release that a rollback goes to: one that every host holds, each with a configuration of its own.
struct RollbackTarget {
    let release: ReleaseID
    let digest: Digest
    /// The directory on each host: the newest of that release, or the one that ran before.
    let directories: [HostName: String]

    /// `wanted`, or the release that all hosts ran before; of a side that is idle, the one that lies ready there.
    /// - Throws: ``PreparationError``: hosts that lack it are named; hosts that ran different ones before are listed.
    init(
        _ wanted: ReleaseID?, among reports: [HostName: HostReport], in order: [HostName], isIdle: Bool = false
    ) throws(PreparationError) {
        let meant = { (report: HostReport) in isIdle ? report.current : report.previous }
        let name = if let wanted { wanted } else { try Self.common(meant, of: reports, in: order) }
        var digests: Set<Digest> = []
        var directories: [HostName: String] = [:]
        var missing: [HostProblem] = []
        for host in order {
            let held = reports[host].flatMap { Self.held(name, on: $0, preferring: wanted == nil ? meant($0) : name.text) }
            if let held, let digest = Digest(hex: held.digest) {
                digests.insert(digest)
                directories[host] = held.name
            } else {
                let there = (reports[host]?.releases ?? []).map { $0.name.printable() }.joined(separator: " ")
                let hint = there.isEmpty ? "it holds no release" : "it holds: \(there)"
                missing.append(HostProblem(host, "release \(name) is not there", hint: hint))
            }
        }
        guard missing.isEmpty else { throw .hosts(missing) }
        guard let digest = digests.first, digests.count == 1 else {
            throw .nothingToGoBackTo("the hosts hold different bytes under the name \(name)")
        }
        release = name
        self.digest = digest
        self.directories = directories
    }

    /// Of several with different configurations the one that ran before, the one of that very name, or the newest.
    private static func held(_ name: ReleaseID, on report: HostReport, preferring meant: String) -> StagedRelease? {
        let held = report.releases.filter { $0.name == name.text || $0.releaseName == name.text }
        return held.first { $0.name == meant } ?? held.first
    }

    /// The release whose directory `meant` names on all hosts; by its own name, whatever the directory is called.
    private static func common(
        _ meant: (HostReport) -> String, of reports: [HostName: HostReport], in order: [HostName]
    ) throws(PreparationError) -> ReleaseID {
        let hosts = Dictionary(grouping: order) { host in
            guard let report = reports[host] else { return "" }
            let directory = meant(report)
            return report.releases.first { $0.name == directory }?.releaseName ?? directory
        }
        if hosts.count == 1, let name = hosts.keys.first.flatMap(ReleaseID.init) { return name }
        let list = hosts.sorted { $0.key < $1.key }.map { previous, names in
            "\(previous.isEmpty ? "none" : previous.printable()) on \(names.map(\.text).joined(separator: " "))"
        }
        throw .nothingToGoBackTo(
            "there is no one release that ran before on all hosts: \(list.joined(separator: "; "))")
    }
}
