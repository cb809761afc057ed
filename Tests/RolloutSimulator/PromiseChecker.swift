import FleetModel
import RolloutEngine

/// Checks a run against the promises, from what happened on the hosts and what was asked of them. It shares no code
/// with the planner and the engine, and never looks at the engine's state.
public struct PromiseChecker {
    /// What is known of one host from the trace alone.
    struct Host {
        let planned: PlannedHost
        let batch: Int?
        /// Asked, and not answered yet.
        var outstanding: HostOperation?
        var mayBeAskedAgain: HostOperation?
        var asked: Set<HostOperation> = []
        var answers: [HostOperation: OperationOutcome] = [:]
        var began: Set<HostOperation> = []
        var outcomes: [HostOperation: OperationOutcome] = [:]
        var running: HostOperation?
        /// Out of service because of us, sick before, or not known to be in service.
        var isOut: Bool
        /// Its staging, activation or watch was answered with a failure.
        var hasFailed = false
        /// A person has resumed after that failure.
        var isForgiven = false
        var seen: HostObservation?

        func hasSucceeded(_ operation: HostOperation) -> Bool { outcomes[operation] == .succeeded }
    }

    /// What keeps new hosts from being started.
    enum Hold { case none, untilResumed, untilReleased, forEver }

    let request: PlanRequest
    let plan: RolloutPlan
    let maximumUnavailable: Int
    var hosts: [HostName: Host] = [:]
    var violations: [Violation] = []
    var time: Int64 = 0
    var runningHooks: Set<CoordinatorHook> = []
    var hold = Hold.none
    var isSuspended = false
    var wasPaused = false
    var isOver = false

    /// Everything in `trace` that breaks a promise; empty for a good run.
    public static func violations(in trace: Trace, of scenario: Scenario) -> [Violation] {
        var checker = PromiseChecker(scenario)
        checker.checkPlan()
        for record in trace.records {
            checker.time = record.time
            checker.check(record.fact)
        }
        return checker.violations
    }

    private init(_ scenario: Scenario) {
        request = scenario.request
        plan = scenario.plan
        maximumUnavailable = Self.capacityPromise(of: scenario.request)
        for host in plan.hosts {
            let batch = plan.batches.firstIndex { $0.contains(host.name) }
            hosts[host.name] = Host(planned: host, batch: batch, isOut: host.isSick)
        }
    }

    private mutating func check(_ fact: Trace.Fact) {
        switch fact {
        case .handled(let event): heard(event)
        case .did(let action): check(action)
        case .began(let operation, let name): began(operation, on: name)
        case .ended(let operation, let name, let outcome): ended(operation, on: name, outcome)
        case .inspected(let name, let observation): hosts[name]?.seen = observation
        case .stalled:
            violated(.liveness, "nothing more can happen, and the rollout neither ended nor waits for anybody")
        case .ranTooLong: violated(.liveness, "it does not end")
        case .replayDiffered(let index): violated(.replay, "event \(index) led to other actions when it was replayed")
        case .died, .wentDown, .cameUp, .crashed, .left: break
        }
    }

    mutating func violated(_ promise: Violation.Promise, _ text: String) {
        violations.append(Violation(promise: promise, text: text, time: time))
    }
}

// MARK: - What the hosts did and said

extension PromiseChecker {
    private mutating func began(_ operation: HostOperation, on name: HostName) {
        guard let host = hosts[name] else { return }
        let isStep = operation != .inspect && operation != .finish
        if isStep && host.began.contains(operation) { violated(.conduct, "\(name): \(operation) was executed twice") }
        if let running = host.running, running != operation {
            violated(.conduct, "\(name): \(operation) began while \(running) ran")
        }
        if operation == .activate && !host.hasSucceeded(.stage) {
            violated(.conduct, "\(name) was activated without the release on it")
        }
        if (operation == .activate || operation == .revert) && !host.isOut {
            violated(.conduct, "\(name): \(operation) began, and nobody had asked for it")
        }
        hosts[name]?.began.insert(operation)
        hosts[name]?.running = operation
    }

    private mutating func ended(_ operation: HostOperation, on name: HostName, _ outcome: OperationOutcome) {
        hosts[name]?.running = nil
        hosts[name]?.outcomes[operation] = outcome
    }

    private mutating func heard(_ event: Event) {
        switch event {
        case .rolloutResumed: resumed()
        case .operatorAsked(let request, _): operatorAsked(request)
        case .operationFinished(let operation, let name, let outcome): answered(operation, on: name, outcome)
        case .hookFinished(let hook, _): runningHooks.remove(hook)
        case .rolloutStarted, .timerFired: break
        }
    }

    private mutating func answered(_ operation: HostOperation, on name: HostName, _ outcome: OperationOutcome) {
        guard var host = hosts[name], host.outstanding == operation else { return }
        host.outstanding = nil
        host.answers[operation] = outcome
        if case .failed(let failure) = outcome {
            if [.stage, .activate, .watch].contains(operation) { host.hasFailed = true }
            if Self.leavesUnknown(operation, failure.kind) { host.isOut = true }
        }
        if operation != .finish, outcome == .succeeded, !host.hasSucceeded(operation) {
            violated(.conduct, "\(name): \(operation) is said to have succeeded")
        }
        if outcome == .succeeded && Self.bringsBack(operation, host.planned) { host.isOut = false }
        hosts[name] = host
    }

    /// It is in service again, or as little as before; known only when the host's answer has arrived.
    private static func bringsBack(_ operation: HostOperation, _ planned: PlannedHost) -> Bool {
        switch operation {
        case .watch: true
        case .watchReverted: !planned.isSick
        case .revert: planned.current == nil && !planned.isSick
        case .stage, .activate, .inspect, .finish: false
        }
    }

    /// Staging stops nothing: a host that was too slow with it still serves.
    private static func leavesUnknown(_ operation: HostOperation, _ kind: HostFailure.Kind) -> Bool {
        switch operation {
        case .stage: kind == .unreachable
        case .activate, .watch, .revert, .watchReverted: kind == .unreachable || kind == .timedOut
        case .inspect, .finish: false
        }
    }

    private mutating func operatorAsked(_ request: OperatorRequest) {
        switch request {
        case .abort: hold = .forEver
        case .pause where hold == .none: hold = .untilReleased
        case .interrupt where hold != .forEver && !isSuspended: hold = .untilResumed
        case .pause, .interrupt: break
        }
    }

    private mutating func resumed() {
        if isSuspended && wasPaused {
            for name in hosts.keys where hosts[name]?.hasFailed == true { hosts[name]?.isForgiven = true }
        }
        if hold == .untilResumed || hold == .untilReleased && isSuspended { hold = .none }
        isSuspended = false
        runningHooks = []
        // After a crash what had been asked is asked again.
        for (name, host) in hosts { hosts[name]?.mayBeAskedAgain = host.outstanding }
    }
}
