import FleetModel

/// How a rollout ended, decided from what the hosts were seen to run.
public struct Ending: Hashable, Sendable, Codable {
    /// What became of the rollout as a whole.
    public enum Verdict: String, Hashable, Sendable, Codable {
        /// Every selected host runs the release, in service.
        case complete
        /// The rollout went through, and some hosts, within the failure budget, still run what they ran before.
        case completeWithDebt
        /// It failed or was aborted, and no host is left changed.
        case unchanged
        /// It failed, and the hosts differ from what they were: each is named.
        case mixed

        /// As `--json`, the history and hooks name it.
        public var spoken: String {
            switch self {
            case .complete: "complete"
            case .completeWithDebt: "complete_with_debt"
            case .unchanged: "unchanged"
            case .mixed: "mixed"
            }
        }
    }

    /// What the balancers do in the end.
    public enum Traffic: Hashable, Sendable, Codable {
        /// What they did before, except that hosts in need of hands get nothing.
        case initial
        /// What the plan's last step has them do, except that hosts in need of hands get nothing.
        case target
        /// It could not be verified, for that reason: one printable sentence.
        case unknown(String)
    }

    public var verdict: Verdict
    /// Why it failed or was aborted.
    public var reason: String?
    /// Every selected host, those that need hands first.
    public var hosts: [HostEnding]
    /// Nil where no balancer was told anything.
    public var traffic: Traffic?

    /// It ended before anything was asked of a host.
    public init(unchangedBecause reason: String) {
        verdict = .unchanged
        self.reason = reason
        hosts = []
    }

    init(of engine: RolloutEngine) {
        let endings = engine.hosts.map { HostEnding(of: $0, in: engine) }
        hosts = endings.filter(\.state.needsHands) + endings.filter { !$0.state.needsHands }
        reason = engine.failureReason ?? Self.futility(of: endings)
        verdict = Self.verdict(on: endings, hasFailed: reason != nil)
    }

    /// A rollout that went through and brought the release to nobody has failed, whatever its budget bore.
    private static func futility(of hosts: [HostEnding]) -> String? {
        let failed = hosts.filter { $0.failure != nil }
        guard !failed.isEmpty, !hosts.contains(where: { $0.state == .updated }) else { return nil }
        let names = failed.map(\.name.text).joined(separator: ", ")
        return "no host took the release; \(names) failed: \(failed.last?.failure?.problem ?? "")"
    }

    private static func verdict(on hosts: [HostEnding], hasFailed: Bool) -> Verdict {
        if hosts.contains(where: \.state.needsHands) { return .mixed }
        if hasFailed { return hosts.contains { $0.state == .updated } ? .mixed : .unchanged }
        return hosts.allSatisfy { $0.state == .updated || $0.state == .current } ? .complete : .completeWithDebt
    }
}

/// How one host ended.
public struct HostEnding: Hashable, Sendable, Codable {
    /// What became of the host.
    public enum State: String, Hashable, Sendable, Codable {
        /// It runs the release, in service.
        case updated
        /// It ran the release already, and still does.
        case current
        /// By the plan it keeps what it runs.
        case kept
        /// What it ran has been stopped, as the plan has it: others have taken over.
        case retired
        /// It was never changed.
        case untouched
        /// It could not be reached before anything began, and was left out.
        case offline
        /// It was changed and runs again what it ran before.
        case restored
        /// It was changed and is out of service, or runs neither the release nor what it ran before.
        case broken
        /// It was changed and could not be asked.
        case unknown

        /// A person has to look after it.
        public var needsHands: Bool { self == .broken || self == .unknown }
    }

    public var name: HostName
    public var state: State
    /// What `current` points at, where that is known.
    public var current: String?
    public var failure: HostFailure?

    init(of host: HostProgress, in engine: RolloutEngine) {
        name = host.planned.name
        current = host.observation?.current
        failure = host.failure
        state = Self.state(of: host, in: engine)
    }

    private static func state(of host: HostProgress, in engine: RolloutEngine) -> State {
        if host.phase == .offline { return .offline }
        let wasTouched = host.isChanged || host.wasRestored
        guard let seen = host.observation else { return wasTouched ? .unknown : .untouched }
        let runsRelease = host.planned.runs(engine.plan.digest, current: seen.current, seen.currentDigest)
        let runsOld = seen.current == host.planned.current && seen.currentDigest == host.planned.currentDigest
        guard wasTouched else { return runsRelease && seen.isInService ? .current : .untouched }
        let wasDown = host.planned.isSick || host.planned.current == nil
        let isRestored = runsOld && (seen.isInService || wasDown)
        let isUpdated = runsRelease && seen.isInService
        let isGoingBack = engine.failureReason != nil || host.phase == .reverted
        if isGoingBack && isRestored { return .restored }
        if isUpdated { return .updated }
        return isRestored ? .restored : .broken
    }
}
