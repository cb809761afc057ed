import AgentClient
import AgentProtocol
import FleetModel

// How the service does on a host, and why it failed there: neither needs a claim, and neither changes anything.
extension AgentFleet {
    public func sample(
        _ host: HostName, logSince seconds: UInt64, deadline: Duration
    ) async throws(AgentError) -> Sample {
        guard let agent = agents[host] else { throw .agentMissing }
        return try await agent.sample(
            TakeSample(definition: definition, logSinceSeconds: seconds), deadline: deadline)
    }

    public func evidence(of host: HostName, factsOnly: Bool, deadline: Duration) async throws(AgentError) -> Evidence {
        guard let agent = agents[host] else { throw .agentMissing }
        var evidence = try await agent.evidence(
            GatherEvidence(definition: definition, factsOnly: factsOnly), deadline: deadline)
        if let configuration {
            evidence.journal = await redacted(evidence.journal, configuration)
            evidence.healthOutput = await redacted(evidence.healthOutput, configuration)
            evidence.healthProblem = await configuration.redacted(evidence.healthProblem)
        }
        return evidence
    }

    private func redacted(_ bytes: [UInt8], _ configuration: ConfigurationSource) async -> [UInt8] {
        Array(await configuration.redacted(String(decoding: bytes, as: UTF8.self)).utf8)
    }
}
