import AgentClient
import AgentProtocol
import Artifact
import FleetModel
import HostAccess
import HostConfiguration
import RolloutEngine
import RolloutStore
import Traffic

/// The hosts of a rollout through their agents: each operation of the engine becomes one durable step.
public final class AgentFleet: Fleet {
    let agents: [HostName: HostAgent]
    let claims: ServiceClaims
    let definition: ServiceDefinition
    let plan: RolloutPlan
    let schema: SchemaRecipe?
    /// Nil without balancers, and a problem where they can't be spoken to.
    let traffic: Result<TrafficControl, TrafficError>?
    /// The hosts that balancers know.
    let balanced: Set<HostName>
    /// Of what changes on these, nothing takes traffic before a step gives it some.
    let idle: Set<HostName>
    /// Who has taken a balancer's host over, once somebody has.
    let takeover: Takeover
    private let retiredDefinition: ServiceDefinition
    private let reference: ArtifactReference
    private let artifact: Artifact?
    let configuration: ConfigurationSource?
    /// The directory that the release gets on each host where it is not called like the release.
    private let directories: [HostName: String]
    /// What is claimed on each host.
    let roles: ServiceRoles
    private let transfers = Slots(count: maximumTransfers)

    /// Artifacts under way at once: the first batch's shall not wait for everybody's.
    private static let maximumTransfers = 16
    /// For what an agent answers at once.
    static let requestDeadline: Duration = .seconds(30)
    /// Shorter than a lease, which nobody renews while the hosts are claimed.
    private static let claimDeadline: Duration = .seconds(10)

    /// `agents` are those of the plan's hosts and of the job's helpers. `artifact` is nil where every host holds the
    /// release already; `configuration` is the job's own unless it has been got already.
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
        retiredDefinition = try job.retiredDefinition()
        reference = try job.artifact()
        plan = job.plan
        schema = job.schema
        let roles = try ServiceRoles(of: job)
        self.roles = roles
        let (claims, takeover) = (ServiceClaims(rollout: job.plan.rollout, lease: lease), Takeover())
        (self.claims, self.takeover) = (claims, takeover)
        traffic = TrafficControl.make(of: job) { name in
            AgentBalancerHost(name, agents[name], claims: claims, as: roles.first(name), takeover: takeover)
        }
        balanced = Set(job.plan.traffic?.members.map(\.host) ?? [])
        idle = Set(job.plan.hosts.filter(\.isIdle).map(\.name))
    }

    /// Claims the service on every host at once; whoever held it before can act there no more. A host that does not
    /// answer now is claimed before the first thing that is asked of it.
    public func claimAll() async -> [HostName: AgentError] {
        await withTaskGroup(of: (HostName, AgentError?).self) { group in
            for (name, agent) in agents {
                group.addTask { [self] in
                    do throws(AgentError) {
                        for role in roles(name) {
                            _ = try await claims.take(role, on: agent, within: Self.claimDeadline)
                        }
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
        _ operation: HostOperation, on host: HostName, attempt: Int, deadline: Duration,
        allocation: TrafficAllocation?, observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome {
        guard let agent = agents[host] else { return .failed(HostFailure(.other, "the host has no endpoint")) }
        var end = ContinuousClock.now + deadline
        switch operation {
        case .drain: return try await drain(host, agent, before: end, observer)
        case .admit: return try await admit(host, allocation, before: end)
        case .activate:
            if let failure = try await setAsideOnceMore(host, agent, observer) { return .failed(failure) }
        // What has failed is to come back whatever the balancers say.
        case .revert: _ = try await setAsideOnceMore(host, agent, observer)
        case .retire:
            if let failure = try await takeOver(from: host, allocation) { return .failed(failure) }
        case .stage, .watch, .watchReverted, .inspect, .finish: break
        }
        // Setting aside once more takes nothing from the time that the host has for its step.
        end = .now + deadline
        do throws(AgentError) {
            if operation == .finish { return try await finish(agent) }
            if operation == .inspect { return .observed(try await observe(agent)) }
            let role = operation == .retire ? retiredDefinition : definition
            let claim = try await claims.take(role, on: agent, within: min(deadline, Self.requestDeadline))
            let order = Order(claim: claim, attempt: attempt, end: end, observer: observer)
            return try await perform(operation, on: agent, order)
        } catch {
            guard let refusal = error.takeover else { return .failed(HostFailure(error)) }
            throw Superseded(host, refusal)
        }
    }

    /// What all steps of an operation have in common.
    struct Order {
        var claim: Claim
        var attempt: Int
        var end: ContinuousClock.Instant
        var observer: any RolloutObserver

        /// Hosts do each step once: another attempt is another step.
        func step(_ name: String) -> String { attempt == 1 ? name : "\(name)-\(attempt)" }
    }

    private func perform(
        _ operation: HostOperation, on agent: HostAgent, _ order: Order
    ) async throws(AgentError) -> OperationOutcome {
        let name = order.step(operation.rawValue)
        switch operation {
        case .stage: return try await stage(on: agent, order)
        case .activate:
            let release = reference(for: agent).directoryName
            return try await step(name, .activate(release: release), on: agent, order)
        case .revert: return try await step(name, .revert, on: agent, order)
        case .watch, .watchReverted: return try await step(name, watch, on: agent, order)
        case .retire:
            await awaitQuiet(agent, .previous, before: order.end - plan.policy.commandTimeout, order.observer)
            return try await step(name, .stop, on: agent, order)
        case .drain, .admit, .inspect, .finish: preconditionFailure("no step of the host's")
        }
    }

    private var watch: StepAction {
        .watch(
            minimumHealthyMilliseconds: UInt64(clamping: plan.policy.minimumHealthyTime.wholeMilliseconds),
            deadlineMilliseconds: UInt64(clamping: plan.policy.healthyDeadline.wholeMilliseconds)
        )
    }

    private func step(
        _ name: String, _ action: StepAction, on agent: HostAgent, _ order: Order
    ) async throws(AgentError) -> OperationOutcome {
        let request = Perform(claim: order.claim, step: name, action: action)
        let report = await report(agent, to: order.observer)
        return await outcome(try await agent.perform(request, deadline: order.end - .now, onProgress: report))
    }

    /// Sends what the host lacks and has it unpacked; bytes that were spoilt on the way are sent once more, for another
    /// step: the result of the first stays on record. Waiting for others' transfers does not count.
    private func stage(on agent: HostAgent, _ order: Order) async throws(AgentError) -> OperationOutcome {
        let deadline = order.end - .now
        do { try await transfers.take() } catch { throw .cancelled }
        defer { transfers.give() }
        var order = order
        order.end = .now + deadline
        let files: [ConfigurationFile]?
        do throws(Diagnostics) {
            files = try await configuration?.files(for: agent.endpoint.name)
        } catch { return .failed(HostFailure(.staging, error.description.printable(maximumBytes: 400))) }
        var result = StepResult(ending: .artifactUnusable)
        for name in ["stage", "stage-again"] where result.ending == .artifactUnusable {
            try await send(to: agent, order)
            let request = Perform(
                claim: order.claim, step: order.step(name), action: .stage(reference(for: agent)),
                configuration: try await send(files, to: agent, order))
            result = try await agent.perform(
                request, deadline: order.end - .now, onProgress: await report(agent, to: order.observer))
        }
        return await outcome(result)
    }

    private func send(to agent: HostAgent, _ order: Order) async throws(AgentError) {
        guard let artifact else { return }
        let (name, total) = (agent.endpoint.name, reference.packedSize)
        try await agent.upload(
            reference(for: agent), claim: order.claim, deadline: order.end - .now,
            from: { offset, count in try artifact.readChunk(offset: offset, count: count) },
            onBytes: { order.observer.observe(.sent(bytes: $0, of: total, to: name)) }
        )
    }

    /// With a salt of its own each time: its digest must tell nothing of the secrets in it.
    private func send(
        _ files: [ConfigurationFile]?, to agent: HostAgent, _ order: Order
    ) async throws(AgentError) -> ConfigurationReference? {
        guard let files else { return nil }
        return try await agent.upload(
            files, salt: randomBytes(32), claim: order.claim, release: reference.release, deadline: order.end - .now)
    }

    private func reference(for agent: HostAgent) -> ArtifactReference {
        var reference = reference
        reference.directory = directories[agent.endpoint.name] ?? ""
        return reference
    }

    func report(_ agent: HostAgent, to observer: any RolloutObserver) async -> @Sendable (Progress) -> Void {
        let (name, redaction) = (agent.endpoint.name, await redaction())
        return { progress in
            let output = redaction(String(decoding: progress.output, as: UTF8.self)).printable()
            let line = redaction(progress.text).printable(maximumBytes: 400)
            observer.observe(.hostSaid(name, line: line, output: output))
        }
    }

    private func observe(_ agent: HostAgent) async throws(AgentError) -> HostObservation {
        let report = try await agent.inspect(definition, probesHealth: true, deadline: Self.requestDeadline)
        return HostObservation(report)
    }

    private func finish(_ agent: HostAgent) async throws(AgentError) -> OperationOutcome {
        for role in roles(agent.endpoint.name) {
            try await claims.giveBack(role, on: agent, within: Self.requestDeadline)
        }
        return .succeeded
    }

    public func releaseHelpers() async {
        await withTaskGroup(of: Void.self) { group in
            for (name, agent) in agents where !roles.isPlanned(name) {
                // Who can't be told is free for the next rollout all the same: the store knows that this one has ended.
                group.addTask { [self] in _ = try? await finish(agent) }
            }
        }
    }
}
