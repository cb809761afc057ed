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
        /// Something between the two, as the steps that were done have it.
        case between
    }

    public var verdict: Verdict
    /// Why it failed or was aborted.
    public var reason: String?
    /// Every selected host, those that need hands first.
    public var hosts: [HostEnding]
    /// Nil where no balancer was told anything.
    public var traffic: Traffic?
    /// The contract hook was left out, since not every host runs the release.
    public var isContractOwed = false

    /// Endings of before there were schema hooks owe none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        verdict = try container.decode(Verdict.self, forKey: .verdict)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        hosts = try container.decode([HostEnding].self, forKey: .hosts)
        traffic = try container.decodeIfPresent(Traffic.self, forKey: .traffic)
        isContractOwed = try container.decodeIfPresent(Bool.self, forKey: .isContractOwed) ?? false
    }

    /// It ended before anything was asked of a host.
    public init(unchangedBecause reason: String) {
        verdict = .unchanged
        self.reason = reason
        hosts = []
    }

    init(of engine: RolloutEngine) {
        let endings = engine.hosts.map { HostEnding(of: $0, in: engine) }
        hosts = endings.filter(\.state.needsHands) + endings.filter { !$0.state.needsHands }
        traffic = Traffic(of: engine)
        isContractOwed = engine.isContractOwed
        reason = engine.failureReason ?? traffic?.problem ?? Self.futility(of: endings)
        let isWhole = !isContractOwed && engine.hosts.allSatisfy { $0.retirementFailure == nil }
        verdict = Self.verdict(on: endings, traffic, hasFailed: reason != nil, isWhole: isWhole)
    }

    /// A rollout that went through and brought the release to nobody has failed, whatever its budget bore.
    private static func futility(of hosts: [HostEnding]) -> String? {
        let failed = hosts.filter { $0.failure != nil }
        guard !failed.isEmpty, !hosts.contains(where: { $0.state == .updated }) else { return nil }
        let names = failed.map(\.name.text).joined(separator: ", ")
        return "no host took the release; \(names) failed: \(failed.last?.failure?.problem ?? "")"
    }

    private static func verdict(
        on hosts: [HostEnding], _ traffic: Traffic?, hasFailed: Bool, isWhole: Bool
    ) -> Verdict {
        if hosts.contains(where: \.state.needsHands) || traffic?.problem != nil { return .mixed }
        if hasFailed {
            let isChanged = hosts.contains { $0.state == .updated || $0.state == .retired }
            return isChanged || traffic != nil && traffic != .initial ? .mixed : .unchanged
        }
        let isComplete = hosts.allSatisfy { [.updated, .current, .kept, .retired].contains($0.state) }
        return isComplete && isWhole ? .complete : .completeWithDebt
    }
}

extension Ending.Traffic {
    init?(of engine: RolloutEngine) {
        guard let traffic = engine.traffic, traffic.isTouched else { return nil }
        let target = engine.plan.steps.compactMap { if case .shiftTraffic(let last) = $0 { last } else { nil } }.last
        if !traffic.isVerified {
            self = .unknown(traffic.problem ?? "the balancers were not read back")
        } else if traffic.wanted == engine.plan.traffic?.initial {
            self = .initial
        } else {
            self = traffic.wanted == target ? .target : .between
        }
    }

    /// Nil where it was verified.
    var problem: String? {
        if case .unknown(let problem) = self { "the traffic could not be verified: \(problem)" } else { nil }
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
        /// It was changed and is out of service, or runs neither the release nor what it ran before, or the balancers
        /// give it nothing any more.
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
    /// A person had it left out. Nil: nobody did.
    public var isSkipped: Bool?
    /// Of one that needs hands: it is in service with the release or what it ran before, and only what the balancers do
    /// with it is not known. Nil: more than that, or nothing, is wrong.
    public var lacksOnlyTraffic: Bool?

    init(of host: HostProgress, in engine: RolloutEngine) {
        name = host.planned.name
        current = host.observation?.current
        failure = host.failure ?? host.retirementFailure
        isSkipped = host.isSkipped ? true : nil
        state = Self.state(of: host, in: engine)
        if state == .broken, host.isWithdrawn, let seen = host.observation, seen.isInService {
            let isKnown =
                host.planned.runs(engine.plan.digest, current: seen.current, seen.currentDigest)
                || (seen.current == host.planned.current && seen.currentDigest == host.planned.currentDigest)
            lacksOnlyTraffic = isKnown ? true : nil
        }
    }

    private static func state(of host: HostProgress, in engine: RolloutEngine) -> State {
        if host.phase == .offline { return .offline }
        if host.phase == .retired { return .retired }
        if host.isWithdrawn { return host.observation == nil ? .unknown : .broken }
        let wasTouched = host.isChanged || host.wasRestored
        guard let seen = host.observation else { return wasTouched ? .unknown : .untouched }
        let runsRelease = host.planned.runs(engine.plan.digest, current: seen.current, seen.currentDigest)
        let runsOld = seen.current == host.planned.current && seen.currentDigest == host.planned.currentDigest
        guard wasTouched else {
            if runsRelease && seen.isInService { return .current }
            return host.batch == nil && !host.planned.isAlready(engine.plan.digest) ? .kept : .untouched
        }
        let wasDown = host.planned.isSick || host.planned.current == nil
        let isRestored = runsOld && (seen.isInService || wasDown)
        let isUpdated = runsRelease && seen.isInService
        let isGoingBack = engine.failureReason != nil || host.phase == .reverted
        if isGoingBack && isRestored { return .restored }
        if isUpdated { return .updated }
        return isRestored ? .restored : .broken
    }
}
