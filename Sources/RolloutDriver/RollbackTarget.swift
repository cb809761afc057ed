import AgentProtocol
import FleetModel

/// The release that a rollback goes to: one that every host holds.
struct RollbackTarget {
    let release: ReleaseID
    let digest: Digest

    /// `wanted`, or the release that all hosts ran before.
    /// - Throws: ``PreparationError``: hosts that lack it are named; hosts that ran different ones before are listed.
    init(_ wanted: ReleaseID?, among reports: [HostName: HostReport], in order: [HostName]) throws(PreparationError) {
        let name = if let wanted { wanted } else { try Self.commonPrevious(of: reports, in: order) }
        var digests: [Digest: [HostName]] = [:]
        var missing: [HostProblem] = []
        for host in order {
            let held = reports[host]?.releases.first { $0.name == name.text }
            if let digest = held.flatMap({ Digest(hex: $0.digest) }) {
                digests[digest, default: []].append(host)
            } else {
                let there = (reports[host]?.releases ?? []).map { $0.name.printable() }.joined(separator: " ")
                let hint = there.isEmpty ? "it holds no release" : "it holds: \(there)"
                missing.append(HostProblem(host, "release \(name) is not there", hint: hint))
            }
        }
        guard missing.isEmpty else { throw .hosts(missing) }
        guard let digest = digests.keys.first, digests.count == 1 else {
            throw .nothingToGoBackTo("the hosts hold different bytes under the name \(name)")
        }
        release = name
        self.digest = digest
    }

    private static func commonPrevious(
        of reports: [HostName: HostReport], in order: [HostName]
    ) throws(PreparationError) -> ReleaseID {
        let hosts = Dictionary(grouping: order) { reports[$0]?.previous ?? "" }
        if hosts.count == 1, let name = hosts.keys.first.flatMap(ReleaseID.init) { return name }
        let list = hosts.sorted { $0.key < $1.key }.map { previous, names in
            "\(previous.isEmpty ? "none" : previous.printable()) on \(names.map(\.text).joined(separator: " "))"
        }
        throw .nothingToGoBackTo(
            "there is no one release that ran before on all hosts: \(list.joined(separator: "; "))")
    }
}
