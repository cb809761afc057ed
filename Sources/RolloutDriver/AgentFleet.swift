import AgentClient
import AgentProtocol
import Artifact
import FleetModel
import HostAccess
import RolloutEngine
import RolloutStore

/// The hosts of a rollout through their agents: each operation of the engine becomes one durable step.
public final class AgentFleet: Fleet {
    private let agents: [HostName: HostAgent]
    private let claim: Claim
    private let definition: ServiceDefinition
    private let reference: ArtifactReference
    private let artifact: Artifact?
    private let policy: RolloutPolicy
    private let transfers = Slots(count: maximumTransfers)

    /// Artifacts under way at once: the first batch's shall not wait for everybody's.
    private static let maximumTransfers = 16
    /// For what an agent answers at once.
    static let requestDeadline: Duration = .seconds(30)

    /// `artifact` is nil where every host holds the release already.
    /// - Throws: ``WireError`` where the job is malformed.
    public init(
        job: RolloutJob, lease: Lease, agents: [HostName: HostAgent], artifact: Artifact?
    ) throws(WireError) {
        self.agents = agents
        self.artifact = artifact
        definition = try job.definition()
        reference = try job.artifact()
        policy = job.plan.policy
        claim = Claim(
            service: job.plan.service.text, rollout: job.plan.rollout.text, epoch: lease.epoch, holder: lease.holder
        )
    }

    /// Claims the service on every host at once; whoever held it before can act there no more.
    public func claimAll() async -> [HostName: AgentError] {
        await withTaskGroup(of: (HostName, AgentError?).self) { group in
            for (name, agent) in agents {
                group.addTask { [claim, definition] in
                    do throws(AgentError) {
                        try await agent.begin(claim, definition: definition, deadline: Self.requestDeadline)
                        return (name, nil)
                    } catch { return (name, error) }
                }
            }
            return await group.reduce(into: [:]) { errors, answer in errors[answer.0] = answer.1 }
        }
    }

    public func close() async {
        await withTaskGroup(of: Void.self) { group in
            for agent in agents.values { group.addTask { await agent.close() } }
        }
    }

    public func perform(
        _ operation: HostOperation, on host: HostName, deadline: Duration, observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome {
        guard let agent = agents[host] else { return .failed(HostFailure(.other, "the host has no endpoint")) }
        do throws(AgentError) {
            return try await perform(operation, on: agent, deadline: deadline, observer: observer)
        } catch {
            if case .refused(let refusal) = error, refusal.reason == .staleEpoch || refusal.reason == .held {
                let holder = refusal.holder.map { "rollout \($0.rollout) of \($0.holder)" } ?? "another rollout"
                throw Superseded("\(host) is held by \(holder)".printable())
            }
            return .failed(HostFailure(error))
        }
    }

    private func perform(
        _ operation: HostOperation, on agent: HostAgent, deadline: Duration, observer: any RolloutObserver
    ) async throws(AgentError) -> OperationOutcome {
        switch operation {
        case .stage: try await stage(on: agent, deadline: deadline, observer: observer)
        case .activate:
            try await step(.activate, .activate(release: reference.release), on: agent, deadline: deadline, observer)
        case .revert: try await step(.revert, .revert, on: agent, deadline: deadline, observer)
        case .watch, .watchReverted:
            try await step(operation, watch, on: agent, deadline: deadline, observer)
        case .inspect: .observed(try await observe(agent))
        case .finish: try await finish(agent)
        }
    }

    private var watch: StepAction {
        .watch(
            minimumHealthyMilliseconds: UInt64(clamping: policy.minimumHealthyTime.wholeMilliseconds),
            deadlineMilliseconds: UInt64(clamping: policy.healthyDeadline.wholeMilliseconds)
        )
    }

    /// Sends what the host lacks and has it unpacked; bytes that were spoilt on the way are sent once more, for another
    /// step: the result of the first stays on record.
    private func stage(
        on agent: HostAgent, deadline: Duration, observer: any RolloutObserver
    ) async throws(AgentError) -> OperationOutcome {
        await transfers.take()
        defer { transfers.give() }
        let start = ContinuousClock.now
        var result = StepResult(ending: .artifactUnusable)
        for step in ["stage", "stage-again"] where result.ending == .artifactUnusable {
            let name = agent.endpoint.name
            let total = reference.packedSize
            if let artifact {
                try await agent.upload(
                    reference, claim: claim, deadline: deadline - (ContinuousClock.now - start),
                    from: { offset, count in try artifact.readChunk(offset: offset, count: count) },
                    onBytes: { observer.observe(.sent(bytes: $0, of: total, to: name)) }
                )
            }
            let request = Perform(claim: claim, step: step, action: .stage(reference))
            result = try await agent.perform(
                request, deadline: deadline - (ContinuousClock.now - start), onProgress: report(agent, to: observer)
            )
        }
        return OperationOutcome(result)
    }

    private func step(
        _ operation: HostOperation, _ action: StepAction, on agent: HostAgent, deadline: Duration,
        _ observer: any RolloutObserver
    ) async throws(AgentError) -> OperationOutcome {
        let request = Perform(claim: claim, step: operation.rawValue, action: action)
        return OperationOutcome(
            try await agent.perform(request, deadline: deadline, onProgress: report(agent, to: observer)))
    }

    private func report(_ agent: HostAgent, to observer: any RolloutObserver) -> @Sendable (Progress) -> Void {
        let name = agent.endpoint.name
        return { progress in
            let output = String(decoding: progress.output, as: UTF8.self).printable()
            observer.observe(.hostSaid(name, line: progress.text.printable(maximumBytes: 400), output: output))
        }
    }

    private func observe(_ agent: HostAgent) async throws(AgentError) -> HostObservation {
        let report = try await agent.inspect(definition, probesHealth: true, deadline: Self.requestDeadline)
        return HostObservation(report)
    }

    private func finish(_ agent: HostAgent) async throws(AgentError) -> OperationOutcome {
        try await agent.finish(claim, deadline: Self.requestDeadline)
        return .succeeded
    }
}
