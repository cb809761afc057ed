import FleetModel
import HostAccess
import SSHTransport

/// Fetches the keys of many hosts, and records those that are new.
struct HostKeySurvey {
    let connector: SSHConnector
    /// The list to compare with, if there is one.
    let expected: ExpectedHostKeys?

    /// What one host presented.
    struct Finding: Sendable {
        var host: HostEndpoint
        /// Nil where the host was not reached.
        var key: HostKey?
        var row: TrustRow
    }

    /// At a time: each costs the host a key exchange and us a socket, and dead ones, which take all of `deadline`, must
    /// not keep the others waiting.
    private static let maximumConcurrent = 1000
    /// For one host, the way through its bastions included.
    private static let deadline: Duration = .seconds(20)

    /// The findings in the order of the hosts.
    func ask(_ hosts: [HostEndpoint]) async -> [Finding] {
        let names = Set(hosts.flatMap(ExpectedHostKeys.names(of:)))
        return await withTaskGroup(of: (Int, Finding).self) { group in
            var findings: [Int: Finding] = [:]
            for (index, host) in hosts.enumerated() {
                if index >= Self.maximumConcurrent, let (done, finding) = await group.next() {
                    findings[done] = finding
                }
                group.addTask { (index, await self.ask(host, amongNames: names)) }
            }
            for await (done, finding) in group { findings[done] = finding }
            return hosts.indices.compactMap { findings[$0] }
        }
    }

    private func ask(_ host: HostEndpoint, amongNames names: Set<String>) async -> Finding {
        do throws(HostAccessError) {
            let preferred = expected?.types(for: host) ?? []
            let key = try await connector.hostKey(of: host, preferring: preferred, deadline: Self.deadline)
            let state = try await connector.state(of: key, for: host)
            let isListed = expected?.vouch(for: key, of: host, amongNames: names) ?? true
            return Finding(host: host, key: key, row: TrustRow(host, key, state, isListed: isListed))
        } catch { return Finding(host: host, key: nil, row: TrustRow(host, error)) }
    }

    /// Records the new keys among the findings; the files they went to.
    func record(_ findings: [Finding]) async throws(HostAccessError) -> Set<String> {
        var files: Set<String> = []
        for finding in findings where finding.row.state == .new {
            if let key = finding.key { files.insert(try await connector.record(key, for: finding.host)) }
        }
        return files
    }

    /// The hosts in the order in which they can be asked: a bastion's key has to be trusted before what lies behind it
    /// can be reached. Each set once, in the order of the inventory.
    static func rounds(_ hosts: [HostEndpoint]) -> [[HostEndpoint]] {
        let depth = hosts.map(\.jumps.count).max() ?? 0
        let bastions = (0..<depth).map { level in
            hosts.filter { $0.jumps.count > level }.map { host in
                var bastion = host.jumps[level]
                bastion.jumps = Array(host.jumps[..<level])
                return bastion
            }
        }
        var seen: Set<String> = []
        return bastions.map { $0.filter { seen.insert($0.knownHostName).inserted } } + [hosts]
    }
}
