import AgentClient
import AgentProtocol
import HostConfiguration
import FleetModel

/// Asks every host which of its releases are what is wanted, configuration and all. Changes nothing.
struct ConfigurationSurvey: Sendable {
    let agents: [HostName: HostAgent]
    let installDirectory: String
    /// SHA-256 of the release's archive.
    let digest: Digest
    /// Nil where no configuration is wanted.
    let renderer: ConfigurationRenderer?

    /// What the hosts answered: those with an agent that can, and with any configuration, wanted or present.
    /// - Throws: ``PreparationError``: hosts where the configuration can't be put; hosts that failed.
    func run(_ reports: [HostName: HostReport]) async throws(PreparationError) -> [HostName: Comparison] {
        let outcomes = await withTaskGroup(of: (HostName, Result<Comparison, HostProblem>?).self) { group in
            for (name, report) in reports { group.addTask { (name, await compare(name, report)) } }
            return await group.reduce(into: [HostName: Result<Comparison, HostProblem>]()) { $0[$1.0] = $1.1 }
        }
        let problems = outcomes.values.compactMap { if case .failure(let problem) = $0 { problem } else { nil } }
        guard problems.isEmpty else { throw .hosts(problems.sorted { $0.host < $1.host }) }
        return outcomes.compactMapValues { try? $0.get() }
    }

    /// Nil where there is nothing to compare.
    private func compare(_ host: HostName, _ report: HostReport) async -> Result<Comparison, HostProblem>? {
        let isConfigured = report.releases.contains { release in
            release.isConfigured && (release.digest == digest.hex || release.name == report.current)
        }
        guard renderer != nil || isConfigured else { return nil }
        guard let agent = agents[host] else { return nil }
        do {
            let comparison = try await agent.compare(try question(host), deadline: AgentFleet.requestDeadline)
            guard comparison.problem.isEmpty else {
                // The agent's words for an owner or group of a file.
                let isAboutOwner = comparison.problem.hasPrefix("there is no ")
                return .failure(
                    HostProblem(
                        host, comparison.problem.printable(maximumBytes: 400),
                        hint: isAboutOwner ? "create it on the host, or name another in 'files:' or 'secrets:'" : nil))
            }
            return .success(comparison)
        } catch let error as AgentError {
            return .failure(HostProblem(host, error.description.printable(), hint: error.hint))
        } catch {
            return .failure(HostProblem(host, "\(error)"))
        }
    }

    private func question(_ host: HostName) throws(Diagnostics) -> Compare {
        let nonce = randomBytes(32)
        let files = try renderer?.files(for: host).map(ConfigurationFile.init) ?? []
        return Compare(
            installDirectory: installDirectory, digest: digest.hex, nonce: nonce,
            files: files.map { FileProof(of: $0, nonce: nonce) })
    }
}

/// From the system's generator, which is fit for cryptography (getrandom(2)).
func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }
