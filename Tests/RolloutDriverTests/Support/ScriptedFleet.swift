import AgentClient
import AgentProtocol
import FleetModel
import RolloutEngine
import Synchronization

@testable import RolloutDriver

/// Hosts as durable as real ones: each performs an operation once, answers repeats from its ledger, and outlives the
/// coordinators that ask it.
final class ScriptedFleet: Fleet {
    /// How a host answers the first time; nil succeeds.
    enum Answer: Sendable {
        case fails(HostFailure)
        /// Only when the task is cancelled.
        case never
        case superseded
    }

    struct Step: Hashable, Sendable {
        var operation: HostOperation
        var host: HostName
        var attempt = 1
    }

    private struct State {
        var script: [Step: Answer]
        var performed: [Step] = []
        var asked: [Step] = []
        var cancelled: [Step] = []
        var watchers: [(step: Step, continuation: CheckedContinuation<Void, Never>)] = []
        var shifts: [TrafficAllocation] = []
        var schemaHooks: [SchemaHook] = []
        var releases = 0
        var closings = 0
    }

    private let state: Mutex<State>
    private let plan: RolloutPlan
    private let samples: [HostName: Sample]
    private let evidence: [HostName: Evidence]

    init(
        _ plan: RolloutPlan, _ script: [Step: Answer] = [:], samples: [HostName: Sample] = [:],
        evidence: [HostName: Evidence] = [:]
    ) {
        (self.samples, self.evidence) = (samples, evidence)
        self.plan = plan
        state = Mutex(State(script: script))
    }

    /// What changed hosts, in order.
    var performed: [Step] { state.withLock { $0.performed } }
    var asked: [Step] { state.withLock { $0.asked } }
    var cancelled: [Step] { state.withLock { $0.cancelled } }
    /// How the balancers were told to share the traffic out, in order.
    var shifts: [TrafficAllocation] { state.withLock { $0.shifts } }
    var schemaHooks: [SchemaHook] { state.withLock { $0.schemaHooks } }
    /// How often the helpers were set free.
    var releases: Int { state.withLock { $0.releases } }
    var closings: Int { state.withLock { $0.closings } }

    /// The host obeys again.
    func forget(_ step: Step) { state.withLock { $0.script[step] = nil } }

    /// Waits until a coordinator has asked for the step.
    func whenAsked(_ step: Step) async {
        await withCheckedContinuation { continuation in
            let isAsked = state.withLock { state in
                if state.asked.contains(step) { return true }
                state.watchers.append((step, continuation))
                return false
            }
            if isAsked { continuation.resume() }
        }
    }

    func perform(
        _ operation: HostOperation, on host: HostName, attempt: Int, deadline: Duration,
        allocation: TrafficAllocation?, observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome {
        let step = Step(operation: operation, host: host, attempt: attempt)
        switch note(step) {
        case .fails(let failure): return .failed(failure)
        case .superseded: throw Superseded("\(host) is held by rollout r9 of bob@ci")
        case .never:
            // A host that never answers: only cancellation ends this.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            state.withLock { $0.cancelled.append(step) }
            return .failed(HostFailure(.other, "cancelled"))
        case nil: return outcome(of: step)
        }
    }

    func shiftTraffic(to allocation: TrafficAllocation) async throws(Superseded) -> TrafficOutcome {
        state.withLock { $0.shifts.append(allocation) }
        return .succeeded
    }

    func runSchemaHook(
        _ hook: SchemaHook, on host: HostName, observer: any RolloutObserver
    ) async throws(Superseded) -> HookOutcome {
        state.withLock { $0.schemaHooks.append(hook) }
        return .succeeded
    }

    func sample(_ host: HostName, logSince seconds: UInt64, deadline: Duration) async throws(AgentError) -> Sample {
        guard let sample = samples[host] else { throw .agentMissing }
        return sample
    }

    func evidence(of host: HostName, factsOnly: Bool, deadline: Duration) async throws(AgentError) -> Evidence {
        guard let evidence = evidence[host] else { throw .agentMissing }
        return evidence
    }

    func releaseHelpers() async { state.withLock { $0.releases += 1 } }

    func close() async { state.withLock { $0.closings += 1 } }

    private func note(_ step: Step) -> Answer? {
        let (answer, watchers) = state.withLock { state in
            state.asked.append(step)
            let watchers = state.watchers.filter { $0.step == step }
            state.watchers.removeAll { $0.step == step }
            return (state.script[step], watchers)
        }
        for watcher in watchers { watcher.continuation.resume() }
        return answer
    }

    private func outcome(of step: Step) -> OperationOutcome {
        state.withLock { state in
            if step.operation == .inspect { return .observed(observation(of: step.host, state.performed)) }
            if !state.performed.contains(step) { state.performed.append(step) }
            return .succeeded
        }
    }

    private func observation(of host: HostName, _ performed: [Step]) -> HostObservation {
        let switches = performed.filter { $0.host == host && [.activate, .revert].contains($0.operation) }
        let runsRelease = switches.last?.operation == .activate
        let before = plan.hosts.first { $0.name == host }
        return HostObservation(
            current: runsRelease ? plan.release.text : before?.current,
            currentDigest: runsRelease ? plan.digest : before?.currentDigest, isInService: true)
    }
}
