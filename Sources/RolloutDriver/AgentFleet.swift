import AgentClient
import AgentProtocol
import Artifact
import FleetModel
import HostAccess
import RolloutEngine
import RolloutStore
import Synchronization

/// The hosts of a rollout through their agents: each operation of the engine becomes one durable step.
public final class AgentFleet: Fleet {
    private let agents: [HostName: HostAgent]
    private let claim: Claim
    private let definition: ServiceDefinition
    private let reference: ArtifactReference
    private let artifact: Artifact?
    private let configuration: ConfigurationSource?
    private let policy: RolloutPolicy
    /// The directory that the release gets on each host where it is not called like the release.
    private let directories: [HostName: String]
    private let transfers = Slots(count: maximumTransfers)
    /// Hosts that obey this rollout.
    private let claimed = Mutex<Set<HostName>>([])

    /// Artifacts under way at once: the first batch's shall not wait for everybody's.
    private static let maximumTransfers = 16
    /// For what an agent answers at once.
    static let requestDeadline: Duration = .seconds(30)
    /// Shorter than a lease, which nobody renews while the hosts are claimed.
    private static let claimDeadline: Duration = .seconds(10)

    /// `artifact` is nil where every host holds the release already; `configuration` is the job's own unless it has
    /// been got already.
    /// - Throws: ``WireError`` where the job is malformed.
    public init(
        job: RolloutJob, lease: Lease, agents: [HostName: HostAgent], artifact: Artifact?,
        configuration: ConfigurationSource? = nil
    ) throws(WireError) {
        self.configuration = configuration ?? job.configuration.map(ConfigurationSource.init)
        directories = Dictionary(
            job.plan.hosts.compactMap { host in host.target.map { (host.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        self.agents = agents
        self.artifact = artifact
        definition = try job.definition()
        reference = try job.artifact()
        policy = job.plan.policy
        claim = Claim(
            service: job.plan.service.text, rollout: job.plan.rollout.text, epoch: lease.epoch, holder: lease.holder
        )
    }

    /// Claims the service on every host at once; whoever held it before can act there no more. A host that does not
    /// answer now is claimed before the first thing that is asked of it.
    public func claimAll() async -> [HostName: AgentError] {
        await withTaskGroup(of: (HostName, AgentError?).self) { group in
            for (name, agent) in agents {
                group.addTask { [self] in
                    do throws(AgentError) {
                        try await claim(agent, within: Self.claimDeadline)
                        return (name, nil)
                    } catch { return (name, error) }
                }
            }
            return await group.reduce(into: [:]) { errors, answer in errors[answer.0] = answer.1 }
        }
    }

    private func claim(_ agent: HostAgent, within deadline: Duration) async throws(AgentError) {
        let name = agent.endpoint.name
        guard !claimed.withLock({ $0.contains(name) }) else { return }
        try await agent.begin(claim, definition: definition, deadline: deadline)
        claimed.withLock { _ = $0.insert(name) }
    }

    public func close() async {
        await withTaskGroup(of: Void.self) { group in
            for agent in agents.values { group.addTask { await agent.close() } }
        }
    }

    public func perform(
        _ operation: HostOperation, on host: HostName, attempt: Int, deadline: Duration,
        observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome {
        guard let agent = agents[host] else { return .failed(HostFailure(.other, "the host has no endpoint")) }
        let end = ContinuousClock.now + deadline
        do throws(AgentError) {
            try await claim(agent, within: min(deadline, Self.requestDeadline))
            return try await perform(operation, attempt: attempt, on: agent, before: end, observer: observer)
        } catch {
            guard let refusal = error.takeover else { return .failed(HostFailure(error)) }
            let holder = refusal.holder.map { "rollout \($0.rollout) of \($0.holder)" } ?? "another rollout"
            throw Superseded("\(host) is held by \(holder)".printable())
        }
    }

    private func perform(
        _ operation: HostOperation, attempt: Int, on agent: HostAgent, before end: ContinuousClock.Instant,
        observer: any RolloutObserver
    ) async throws(AgentError) -> OperationOutcome {
        let name = Self.step(operation.rawValue, attempt: attempt)
        switch operation {
        case .stage: return try await stage(on: agent, attempt: attempt, within: end - .now, observer: observer)
        case .activate:
            return try await step(
                name, .activate(release: reference(for: agent).directoryName), on: agent, before: end, observer)
        case .revert: return try await step(name, .revert, on: agent, before: end, observer)
        case .watch, .watchReverted: return try await step(name, watch, on: agent, before: end, observer)
        case .drain, .admit, .retire:
            return .failed(HostFailure(.refused, "this coordinator does not know how to \(operation.rawValue) a host"))
        case .inspect: return .observed(try await observe(agent))
        case .finish: return try await finish(agent)
        }
    }

    /// Hosts do each step once: another attempt is another step.
    private static func step(_ name: String, attempt: Int) -> String { attempt == 1 ? name : "\(name)-\(attempt)" }

    private var watch: StepAction {
        .watch(
            minimumHealthyMilliseconds: UInt64(clamping: policy.minimumHealthyTime.wholeMilliseconds),
            deadlineMilliseconds: UInt64(clamping: policy.healthyDeadline.wholeMilliseconds)
        )
    }

    private func step(
        _ name: String, _ action: StepAction, on agent: HostAgent, before end: ContinuousClock.Instant,
        _ observer: any RolloutObserver
    ) async throws(AgentError) -> OperationOutcome {
        let request = Perform(claim: claim, step: name, action: action)
        return OperationOutcome(
            try await agent.perform(request, deadline: end - .now, onProgress: report(agent, to: observer)))
    }

    /// Sends what the host lacks and has it unpacked; bytes that were spoilt on the way are sent once more, for another
    /// step: the result of the first stays on record. Waiting for others' transfers does not count.
    private func stage(
        on agent: HostAgent, attempt: Int, within deadline: Duration, observer: any RolloutObserver
    ) async throws(AgentError) -> OperationOutcome {
        do { try await transfers.take() } catch { throw .cancelled }
        defer { transfers.give() }
        let end = ContinuousClock.now + deadline
        let files: [ConfigurationFile]?
        do throws(Diagnostics) {
            files = try await configuration?.files(for: agent.endpoint.name)
        } catch { return .failed(HostFailure(.staging, error.description.printable(maximumBytes: 400))) }
        var result = StepResult(ending: .artifactUnusable)
        for name in ["stage", "stage-again"] where result.ending == .artifactUnusable {
            try await send(to: agent, before: end, observer: observer)
            let request = Perform(
                claim: claim, step: Self.step(name, attempt: attempt), action: .stage(reference(for: agent)),
                configuration: try await send(files, to: agent, before: end))
            result = try await agent.perform(
                request, deadline: end - .now, onProgress: report(agent, to: observer))
        }
        return OperationOutcome(result)
    }

    private func send(
        to agent: HostAgent, before end: ContinuousClock.Instant, observer: any RolloutObserver
    ) async throws(AgentError) {
        guard let artifact else { return }
        let (name, total) = (agent.endpoint.name, reference.packedSize)
        let reference = reference(for: agent)
        try await agent.upload(
            reference, claim: claim, deadline: end - .now,
            from: { offset, count in try artifact.readChunk(offset: offset, count: count) },
            onBytes: { observer.observe(.sent(bytes: $0, of: total, to: name)) }
        )
    }

    /// With a salt of its own each time: its digest must tell nothing of the secrets in it.
    private func send(
        _ files: [ConfigurationFile]?, to agent: HostAgent, before end: ContinuousClock.Instant
    ) async throws(AgentError) -> ConfigurationReference? {
        guard let files else { return nil }
        return try await agent.upload(
            files, salt: randomBytes(32), claim: claim, release: reference.release, deadline: end - .now)
    }

    private func reference(for agent: HostAgent) -> ArtifactReference {
        var reference = reference
        reference.directory = directories[agent.endpoint.name] ?? ""
        return reference
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
