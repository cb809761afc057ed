import FleetModel

/// Certifies a plan before anything runs: plays its steps through and holds every moment against the promises.
///
/// It shares no code with the planners, so that a mistake of theirs is found, whatever it is: a violation means that
/// the program is wrong, not the user.
public struct PlanChecker {
    let plan: RolloutPlan
    /// Found so far.
    var violations: [PlanViolation] = []

    let hosts: [HostName: PlannedHost]
    /// The members of each host.
    let members: [HostName: [TrafficMember]]
    /// The step that is being played.
    var step: Int?
    /// By batch: how often it has been changed and not restored since.
    var isChanged: [Bool]
    /// Hosts that run the release now, those that ran it well before included.
    var updated: Set<HostName> = []
    /// Out of service before the next step begins; idle hosts are never in it.
    var out: Set<HostName> = []
    /// By promise and value, how many hosts are in ``out``.
    var outByDomain: [[String: Int]]
    var allocation: TrafficAllocation?
    var retired: Set<HostName> = []
    var hooksRun: [SchemaHook] = []

    private init(_ plan: RolloutPlan) {
        self.plan = plan
        hosts = Dictionary(plan.hosts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        members = Dictionary(grouping: plan.traffic?.members ?? [], by: \.host)
        isChanged = plan.batches.map { _ in false }
        outByDomain = plan.policy.domains.map { _ in [:] }
        allocation = plan.traffic?.initial
    }

    /// What is wrong with the plan; empty where it keeps its promises.
    public static func violations(in plan: RolloutPlan) -> [PlanViolation] {
        var checker = Self(plan)
        checker.checkMembership()
        checker.checkTrafficPlan()
        guard checker.violations.isEmpty else { return checker.violations }
        checker.play()
        return checker.violations
    }

    mutating func violated(_ problem: String) { violations.append(PlanViolation(step: step, problem: problem)) }

    // MARK: - Who goes

    private mutating func checkMembership() {
        if hosts.count != plan.hosts.count { violated("a host is listed twice") }
        if plan.policy.maximumParallel < 1 { violated("no host may be started at all") }
        var seen: Set<HostName> = []
        for (number, batch) in plan.batches.enumerated() {
            if batch.isEmpty { violated("batch \(number + 1) is empty") }
            for name in batch {
                if !seen.insert(name).inserted { violated("\(name) is in a batch twice") }
                guard let host = hosts[name] else {
                    violated("\(name) is in a batch and not selected")
                    continue
                }
                if host.isOffline { violated("\(name) can't be reached and is in a batch") }
                if runsRelease(host) { violated("\(name) runs the release already and is in a batch") }
            }
        }
        for host in plan.hosts where !seen.contains(host.name) && !host.isOffline && !runsRelease(host) {
            // The side that blue-green switches away from keeps what it runs.
            if plan.strategy != .blueGreen || host.isIdle { violated("\(host.name) is forgotten") }
        }
    }

    func runsRelease(_ host: PlannedHost) -> Bool {
        !host.isSick && host.currentDigest == plan.digest && (host.target ?? host.current) == host.current
    }

    // MARK: - Steps

    private mutating func play() {
        for host in plan.hosts {
            if !host.isOffline, runsRelease(host) { updated.insert(host.name) }
            if host.isOffline || host.isSick { leave(host) }
        }
        for (number, planned) in plan.steps.enumerated() {
            step = number
            if !retired.isEmpty, case .runSchemaHook = planned {
            } else if !retired.isEmpty {
                violated("nothing may happen to hosts or traffic after what was there before has been stopped")
            }
            play(planned)
        }
        step = nil
        for (number, isChanged) in isChanged.enumerated() where !isChanged {
            violated("batch \(number + 1) is never changed")
        }
        checkFinalTraffic()
    }

    private mutating func play(_ planned: PlanStep) {
        switch planned {
        case .change(let batch):
            guard plan.batches.indices.contains(batch) else { return violated("there is no batch \(batch + 1)") }
            if isChanged[batch] { violated("batch \(batch + 1) is changed already") }
            if plan.batches.indices.contains(where: { $0 < batch && !isChanged[$0] }) {
                violated("batch \(batch + 1) comes before an earlier one")
            }
            isChanged[batch] = true
            change(plan.batches[batch])
        case .restore(let batch):
            guard plan.batches.indices.contains(batch), isChanged[batch] else {
                return violated("batch \(batch + 1) can't be restored before it is changed")
            }
            if !plan.policy.isReversible { violated("a restoration where nothing is to be rolled back") }
            isChanged[batch] = false
            restore(plan.batches[batch])
        case .shiftTraffic(let next): shift(to: next)
        case .pause(let duration):
            if let duration, duration <= .zero { violated("a pause of no time") }
        case .analyse(let name): if name.text.isEmpty { violated("an analysis without a name") }
        case .runSchemaHook(let hook, _): check(hook)
        case .retire(let names): retire(names)
        }
    }

    private mutating func check(_ hook: SchemaHook) {
        if hooksRun.contains(hook) { violated("\(hook.rawValue) runs twice") }
        hooksRun.append(hook)
        switch hook {
        case .expand: if isChanged.contains(true) { violated("expand runs after a host has changed") }
        case .contract:
            if isChanged.contains(false) { violated("contract runs before all hosts have changed") }
            if plan.hosts.contains(where: \.isOffline) { violated("contract runs and a host can't be reached") }
            if step != plan.steps.count - 1 { violated("something comes after contract") }
        }
    }
}

/// What is wrong with a plan: a mistake of the program's own.
public struct PlanViolation: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 0; nil where it is the plan as a whole.
    public var step: Int?
    public var problem: String

    public var description: String { step.map { "step \($0 + 1): \(problem)" } ?? problem }
}
