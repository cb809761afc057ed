import AgentProtocol
import FleetModel
import RolloutEngine

/// Where a host gets a release: a directory holds one release with one configuration for good, so that a change of the
/// configuration alone is switched to, judged and taken back like a change of the release.
struct ReleaseDirectory {
    let release: ReleaseID
    let digest: Digest
    let rollout: RolloutID

    /// The name of the directory; nil where the release's own is meant and no configuration is concerned.
    /// - Throws: why the release can't go to this host.
    func name(on host: HostName, _ report: HostReport, _ comparison: Comparison?) throws(HostProblem) -> String? {
        let namesakes = report.releases.filter { $0.name == release.text || $0.releaseName == release.text }
        if let other = namesakes.first(where: { $0.digest != digest.hex }) { throw conflict(with: other, on: host) }
        guard let comparison else { return nil }
        let matching = comparison.matching.map(\.name)
        if matching.contains(report.current) { return report.current }
        if let staged = matching.first(where: { ReleaseID($0) != nil }) { return staged }
        return report.releases.contains { $0.name == release.text } ? suffixed : release.text
    }

    /// Of every host that needs one.
    /// - Throws: ``PreparationError/hosts(_:)`` with each host that can't get the release.
    func names(
        on hosts: [HostName], _ reports: [HostName: HostReport], _ comparisons: [HostName: Comparison]
    ) throws(PreparationError) -> [HostName: String] {
        var (names, problems): ([HostName: String], [HostProblem]) = ([:], [])
        for host in hosts {
            guard let report = reports[host] else { continue }
            do throws(HostProblem) {
                names[host] = try name(on: host, report, comparisons[host])
            } catch { problems.append(error) }
        }
        guard problems.isEmpty else { throw .hosts(problems) }
        return names
    }

    private func conflict(with staged: StagedRelease, on host: HostName) -> HostProblem {
        guard !staged.digest.isEmpty else {
            return HostProblem(
                host, "there is a folder releases/\(release) that coord did not put there", hint: "move it away")
        }
        return HostProblem(
            host, "release \(release) is there already with other content",
            hint: "give the new one another name with 'release:'")
    }

    /// No other rollout has this name. A release's name has 128 bytes at most.
    private var suffixed: String {
        let suffix = "+" + rollout.text
        return String(release.text.prefix(128 - suffix.utf8.count)) + suffix
    }
}
