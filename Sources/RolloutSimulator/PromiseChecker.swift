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
        /// The last shift took its share of the traffic.
        var isAside = false
        let isBalanced: Bool
        /// As the balancers know it.
        let members: [String]
        /// Taken out of the traffic, and not known to be back.
        var isWithdrawn = false
        /// A person wants it left out.
        var isSkipped = false
        /// After a rehearsal had taken it back.
        var isSkippedWhenRestored = false
        /// Its staging, activation or watch was answered with a failure.
        var hasFailed = false
        /// A person has resumed after that failure.
        var isForgiven = false
        /// A person has asked for the failed hosts to be retried, and this is one.
        var isToBeRetried = false
        var attempt = 1
        /// An activation was asked for at some attempt, so it may have switched.
        var wasTouched = false
        /// It was switched, and has neither been healthy since nor been restored: whatever balancers give it, it serves
        /// nobody.
        var isUnproven = false
        var seen: HostObservation?

        var isOutOfService: Bool { isOut || isAside }

        /// Gets no requests, though it is meant to.
        var isOutOfTraffic: Bool { isWithdrawn || isAside }

        /// A failure that stands.
        var countsAsFailed: Bool { hasFailed && !isToBeRetried }

        /// Everything anew, except that a release that lies on the host stays there.
        mutating func beginAttempt() {
            attempt += 1
            (hasFailed, isForgiven, isToBeRetried, mayBeAskedAgain) = (false, false, false, nil)
            isSkipped = false
            let isStaged = answers[.stage] == .succeeded
            func isKept(_ operation: HostOperation) -> Bool { operation == .stage && isStaged }
            asked = asked.filter(isKept)
            began = began.filter(isKept)
            answers = answers.filter { isKept($0.key) }
            outcomes = outcomes.filter { isKept($0.key) }
        }

        /// By its own word, and nobody has taken it back.
        var hasRelease: Bool { answers[.watch] == .succeeded && !asked.contains(.revert) }

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
    /// A person paused it: the failures so far have not been seen thereby.
    var isPausedByPerson = false
    /// A pause was asked for, and nobody has let it go on since.
    var isPauseAsked = false
    var hasHeardPause = false
    /// It has failed and waits to be told what to do.
    var hasAsked = false
    /// What the hosts run is being read: too late to retry.
    var isClosing = false
    var hasCrashed = false
    /// At the last crash. What was decided before it, and got lost with it, is asked for when the rollout is taken up,
    /// whatever people have said in between.
    var holdAtCrash = Hold.none
    var isTakingUp = false
    /// Since the last crash nobody has taken it up.
    var isAway = false
    var isOver = false
    /// As they really are.
    var balancers: [TrafficAllocation]
    /// Balancers that lost what they were told, and have not been told anew.
    var hasForgotten: Set<Int> = []
    var hasShifted = false
    var lastShift: TrafficAllocation?
    /// What served before the release is being stopped.
    var isRetiring = false
    /// The schema may bear what ran before no more.
    var isContracting = false
    /// A healthy host was taken back, or an abort was heard.
    var hasTurnedBack = false
    /// Gates of the plan that a person has led past.
    var promotions = 0
    var openGate = OpenGate.none
    /// The analysis that was asked for last.
    var measured: (name: AnalysisName, attempt: Int)?
    var isMeasuring = false
    var clearedAnalyses: Set<AnalysisName> = []
    var isInconclusive = false
    /// Hosts that were restored once.
    var rehearsed: Set<HostName> = []
    /// A shift has not been answered.
    var isShifting = false
    /// How often the last allocation was asked for without success, one time after the other.
    var shiftTries = 0
    var beganHook: SchemaHook?
    var finishedHooks: Set<SchemaHook> = []
    var isWindowOpen: Bool

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
        balancers = scenario.initialBalancers
        isWindowOpen = !scenario.plan.policy.hasWindow
        for host in plan.hosts {
            let batch = plan.batches.firstIndex { $0.contains(host.name) }
            hosts[host.name] = Host(
                planned: host, batch: batch, isOut: !host.isIdle && (host.isSick || host.isOffline),
                isBalanced: plan.traffic != nil && !host.isIdle,
                members: plan.traffic?.members.filter { $0.host == host.name }.map(\.name) ?? [])
        }
    }

    private mutating func check(_ fact: Trace.Fact) {
        switch fact {
        case .handled(let event): heard(event)
        case .did(let action): check(action)
        case .began(let operation, let name, let attempt): began(operation, on: name, attempt: attempt)
        case .ended(let operation, let name, let attempt, let outcome):
            hosts[name]?.running = nil
            if hosts[name]?.attempt == attempt { hosts[name]?.outcomes[operation] = outcome }
        case .inspected(let name, let observation): hosts[name]?.seen = observation
        case .stalled:
            violated(.liveness, "nothing more can happen, and the rollout neither ended nor waits for anybody")
        case .ranTooLong: violated(.liveness, "it does not end")
        case .replayDiffered(let index): violated(.replay, "event \(index) led to other actions when it was replayed")
        case .crashed:
            if !isAway, !isSuspended, !isTakingUp { holdAtCrash = hold }
            (hasCrashed, isAway) = (true, true)
        case .balanced(let index, let allocation, let isRestarted):
            balanced(index, allocation, isRestarted: isRestarted)
        case .died, .wentDown, .cameUp, .left: break
        }
    }

    mutating func violated(_ promise: Violation.Promise, _ text: String) {
        violations.append(Violation(promise: promise, text: text, time: time))
    }
}

// MARK: - What the hosts did and said

extension PromiseChecker {
    private mutating func began(_ operation: HostOperation, on name: HostName, attempt: Int) {
        guard let host = hosts[name] else { return }
        let isStep = operation != .inspect && operation != .finish
        let isLate = attempt < host.attempt
        if isStep && !isLate && host.began.contains(operation) {
            violated(.conduct, "\(name): \(operation) was executed twice")
        }
        if let running = host.running, running != operation {
            violated(.conduct, "\(name): \(operation) began while \(running) ran")
        }
        if operation == .activate && !isLate && !host.hasSucceeded(.stage) {
            violated(.conduct, "\(name) was activated without the release on it")
        }
        if (operation == .activate || operation == .revert) && !host.isOut && !host.planned.isIdle {
            violated(.conduct, "\(name): \(operation) began, and nobody had asked for it")
        }
        if operation == .activate || operation == .revert { checkTraffic(of: host, during: operation) }
        if !isLate { hosts[name]?.began.insert(operation) }
        hosts[name]?.running = operation
    }

    private mutating func heard(_ event: Event) {
        isTakingUp = false
        switch event {
        case .rolloutResumed: resumed()
        case .operatorAsked(let request, _): operatorAsked(request)
        case .operationFinished(let operation, let name, let outcome): answered(operation, on: name, outcome)
        case .hookFinished(let hook, _): runningHooks.remove(hook)
        case .analysed(let name, let attempt, let verdict): analysed(name, attempt, verdict)
        case .trafficShifted(_, let outcome):
            isShifting = false
            if outcome == .succeeded { shiftTries = 0 }
        case .schemaHookFinished(let hook, let outcome):
            beganHook = nil
            if outcome == .succeeded { finishedHooks.insert(hook) }
        case .windowChanged(let isOpen): isWindowOpen = isOpen
        case .timerFired(.ask):
            hasAsked = false
            if plan.policy.onFailure.asks { forgiveFailures() }
        case .rolloutStarted, .timerFired: break
        }
    }

    private mutating func answered(_ operation: HostOperation, on name: HostName, _ outcome: OperationOutcome) {
        guard var host = hosts[name], host.outstanding == operation else { return }
        host.outstanding = nil
        host.answers[operation] = outcome
        if case .failed(let failure) = outcome {
            // Nobody waits for the bytes of a host that is left out.
            let isMissed = !(host.isSkipped && operation == .stage)
            if isMissed, ![.retire, .inspect, .finish].contains(operation) { host.hasFailed = true }
            if Self.leavesUnknown(operation, failure.kind), !host.planned.isIdle { host.isOut = true }
        }
        if ![.finish, .drain, .admit].contains(operation), outcome == .succeeded, !host.hasSucceeded(operation) {
            violated(.conduct, "\(name): \(operation) is said to have succeeded")
        }
        if outcome == .succeeded, operation == .admit {
            (host.isWithdrawn, host.isAside) = (false, false)
            let runsNew = host.hasSucceeded(.watch) && !host.asked.contains(.revert)
            // The balancers say nothing of a host that is gone.
            var isGone = false
            if case .failed(let failure) = host.answers[.drain] { isGone = failure.kind == .unreachable }
            host.isOut = host.planned.isSick && !runsNew || isGone && !host.wasTouched || host.isUnproven
        }
        if outcome == .succeeded, operation == .watch || operation == .revert { host.isUnproven = false }
        if outcome == .succeeded, operation == .revert { rehearsed.insert(name) }
        if outcome == .succeeded, !host.isBalanced, Self.bringsBack(operation, host.planned) { host.isOut = false }
        hosts[name] = host
    }

    /// It is in service again, or as little as before; known only when the host's answer has arrived.
    private static func bringsBack(_ operation: HostOperation, _ planned: PlannedHost) -> Bool {
        switch operation {
        case .watch: true
        case .watchReverted: !planned.isSick
        case .revert: planned.current == nil && !planned.isSick
        case .stage, .drain, .activate, .admit, .retire, .inspect, .finish: false
        }
    }

    /// Staging stops nothing: a host that was too slow with it still serves.
    private static func leavesUnknown(_ operation: HostOperation, _ kind: HostFailure.Kind) -> Bool {
        switch operation {
        case .stage: kind == .unreachable
        case .drain, .activate, .watch, .admit, .revert, .watchReverted: kind == .unreachable || kind == .timedOut
        case .retire, .inspect, .finish: false
        }
    }

    private mutating func operatorAsked(_ request: OperatorRequest) {
        if case .pause = request {
            hasHeardPause = true
            // What it asks has to be answered first.
            if hasAsked { return }
            isPauseAsked = true
        }
        switch request {
        case .abort:
            (hold, hasAsked, isPauseAsked, isPausedByPerson) = (.forEver, false, false, false)
            hasTurnedBack = true
        case .promote: promoted()
        case .pause where hold == .none: hold = .untilReleased
        case .interrupt where hold != .forEver && !isSuspended: hold = .untilResumed
        case .skip(let name):
            hosts[name]?.isForgiven = true
            // Before it was asked for anything there is nothing to leave it out of.
            if let host = hosts[name], !host.asked.isEmpty {
                hosts[name]?.isSkipped = true
                hosts[name]?.isSkippedWhenRestored =
                    host.answers[.watchReverted] == .succeeded && host.outstanding == nil && !host.isBalanced
            }
        case .resume where !isSuspended:
            if plan.policy.onFailure.asks { forgiveFailures() }
            (hasAsked, isPauseAsked, isPausedByPerson) = (false, false, false)
            if hold == .untilReleased { hold = .none }
        case .retry: retryAsked()
        case .pause, .interrupt, .resume: break
        }
    }

    /// A rollout that was aborted, or is at its end, is past that. One that rolls back starts nothing any more,
    /// whatever is thought of its failures here.
    private mutating func retryAsked() {
        guard hold != .forEver, !isClosing else { return }
        // It is measured again; a crash may swallow the action.
        if let measured, !clearedAnalyses.contains(measured.name) { isMeasuring = true }
        let names = hosts.values.filter { $0.hasFailed && $0.outstanding == nil }.map(\.planned.name)
        for name in names { hosts[name]?.isToBeRetried = true }
        if !names.isEmpty, hold == .untilReleased, !isSuspended {
            (hold, hasAsked, isPauseAsked, isPausedByPerson) = (.none, false, false, false)
        }
    }

    private mutating func forgiveFailures() {
        for name in hosts.keys where hosts[name]?.hasFailed == true { hosts[name]?.isForgiven = true }
    }

    private mutating func resumed() {
        if isSuspended && wasPaused && !isPausedByPerson { forgiveFailures() }
        if hold == .untilResumed || hold == .untilReleased && isSuspended { hold = .none }
        (isSuspended, hasAsked, isPausedByPerson) = (false, false, false)
        (isTakingUp, isAway) = (hasCrashed, false)
        runningHooks = []
        // After a crash what had been asked is asked again.
        for (name, host) in hosts { hosts[name]?.mayBeAskedAgain = host.outstanding }
    }
}
