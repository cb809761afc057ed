import AgentClient
import AgentProtocol
import FleetModel
import HostConfiguration
import RolloutEngine

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
        await redact(&evidence)
        return evidence
    }

    private func redact(_ evidence: inout Evidence) async {
        let redaction = await redaction()
        evidence.unitStatus = redaction(evidence.unitStatus)
        evidence.journal = redaction(evidence.journal)
        evidence.healthOutput = redaction(evidence.healthOutput)
        evidence.healthProblem = redaction(evidence.healthProblem)
    }

    /// Hosts say what they like: before it is journalled, shown or kept, the secrets are taken out.
    func redaction() async -> Redaction { await configuration?.redaction() ?? .none }

    /// What came of a step, without secrets.
    func outcome(_ result: StepResult) async -> OperationOutcome {
        OperationOutcome(await redacted(result))
    }

    func redacted(_ result: StepResult) async -> StepResult {
        var result = result
        let redaction = await redaction()
        (result.problem, result.output) = (redaction(result.problem), redaction(result.output))
        return result
    }
}
