import AgentClient
import AgentProtocol
import FleetModel

/// Asks the agents beside those of the changed service: of the helpers, and of each host's other instance. Who holds
/// them, and whether they know what is about to be asked. Changes nothing.
struct HelperSurvey: Sendable {
    let agents: [HostName: HostAgent]
    /// What is to be claimed on each.
    let roles: [HostName: ServiceDefinition]
    /// Hosts whose agents must know what only version 2 of the protocol has, and what that is for.
    let needsNewAgent: [HostName: String]

    /// The reports of ``roles``.
    /// - Throws: ``PreparationError/hosts(_:)`` with every host that can't help.
    func run() async throws(PreparationError) -> [HostName: HostReport] {
        let hosts = Set(roles.keys).union(needsNewAgent.keys)
        let answers = await withTaskGroup(of: (HostName, Result<HostReport?, HostProblem>).self) { group in
            for host in hosts { group.addTask { (host, await ask(host)) } }
            return await group.reduce(into: [HostName: Result<HostReport?, HostProblem>]()) { $0[$1.0] = $1.1 }
        }
        let problems = answers.values.compactMap { if case .failure(let problem) = $0 { problem } else { nil } }
        guard problems.isEmpty else { throw .hosts(problems.sorted { $0.host < $1.host }) }
        return answers.compactMapValues { try? $0.get() }
    }

    private func ask(_ host: HostName) async -> Result<HostReport?, HostProblem> {
        guard let agent = agents[host] else { return .failure(HostProblem(host, "the host has no endpoint")) }
        do throws(AgentError) {
            try await agent.connect(deadline: Preflight.contactDeadline)
            if let subject = needsNewAgent[host] {
                try await agent.require(version: 2, for: subject, deadline: AgentFleet.requestDeadline)
            }
            guard let role = roles[host] else { return .success(nil) }
            return .success(try await agent.inspect(role, probesHealth: false, deadline: AgentFleet.requestDeadline))
        } catch {
            return .failure(HostProblem(host, error.description.printable(maximumBytes: 400), hint: error.hint))
        }
    }
}
