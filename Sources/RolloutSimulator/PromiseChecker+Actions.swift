import FleetModel
import RolloutEngine

// What may be asked, and when: capacity, order, window, budget, and plain good conduct.

extension PromiseChecker {
    mutating func check(_ action: Action) {
        if isOver { violated(.conduct, "\(action) after the end") }
        if isSuspended, case .suspend = action { return }
        if isSuspended { violated(.conduct, "\(action) while suspended") }
        switch action {
        case .perform(let operation, let name, let attempt, let deadline):
            check(operation, on: name, attempt: attempt, deadline: deadline)
        case .wait(let reason): checkWait(because: reason)
        case .suspend(let suspension): checkSuspension(suspension)
        case .end(let ending):
            isOver = true
            check(ending)
        case .runHook(let hook):
            if !plan.policy.hooks.contains(hook) { violated(.conduct, "there is no \(hook) hook") }
            if !runningHooks.insert(hook).inserted { violated(.conduct, "the \(hook) hook runs already") }
        case .startTimer(_, let deadline):
            if deadline.milliseconds < 0 { violated(.conduct, "a timer before the beginning") }
        case .analyse(let name, let attempt): measures(name, attempt)
        case .cancelTimer: break
        case .shiftTraffic(let allocation, _): check(allocation)
        case .runSchemaHook(let hook, _): check(hook)
        }
    }

    private mutating func check(_ operation: HostOperation, on name: HostName, attempt: Int, deadline: Duration) {
        let isRehearsed = hosts[name].map { host in
            !host.hasFailed && host.answers[.revert] == .succeeded && host.outstanding == nil
                && self.isRehearsed(host.batch)
        }
        let isStart = operation == .drain || operation == .activate
        if isStart, isRehearsed == true, hosts[name]?.isSkippedWhenRestored == true {
            violated(.skip, "\(name): \(operation), though it is skipped")
        }
        if hosts[name]?.isToBeRetried == true || isRehearsed == true, attempt == (hosts[name]?.attempt ?? 0) + 1 {
            hosts[name]?.beginAttempt()
        }
        guard let host = hosts[name] else { return violated(.conduct, "\(name) is not selected") }
        if host.planned.isOffline { violated(.conduct, "\(name) was left out, and is asked for \(operation)") }
        if attempt != host.attempt { violated(.conduct, "\(name): attempt \(attempt) at \(operation), unasked") }
        if operation == .inspect { isClosing = true }
        if operation == .retire {
            isRetiring = true
            checkHours(of: "retiring \(name)", isRepeated: host.mayBeAskedAgain == .retire)
        }
        if deadline <= .zero { violated(.conduct, "\(operation) on \(name) without time to answer") }
        checkConduct(operation, on: host)
        let isNew = !host.asked.contains(operation)
        if operation == .activate && isNew && !host.isBalanced { checkStart(of: host) }
        if operation == .drain && !host.wasTouched && isNew { checkStart(of: host) }
        if operation == .activate || operation == .revert { checkTurn(of: host, operation) }
        if (operation == .activate || operation == .revert) && isNew || operation == .drain {
            checkCapacity(taking: host, for: operation)
        }
        hosts[name]?.asked.insert(operation)
        if operation == .drain { hosts[name]?.isWithdrawn = true }
        if operation == .activate {
            hosts[name]?.wasTouched = true
            hosts[name]?.isUnproven = true
        }
        hosts[name]?.mayBeAskedAgain = nil
        hosts[name]?.outstanding = operation
    }

    private mutating func checkConduct(_ operation: HostOperation, on host: Host) {
        let name = host.planned.name
        func hasAnswered(_ operation: HostOperation) -> Bool { host.answers[operation] == .succeeded }
        let isRepeatable = operation == .drain || operation == .admit
        if !isRepeatable, host.asked.contains(operation) && host.mayBeAskedAgain != operation {
            violated(.conduct, "\(name): \(operation) was asked for twice")
        }
        if !isRepeatable, host.answers[operation] != nil {
            violated(.conduct, "\(name): \(operation) was asked for after its answer")
        }
        if let outstanding = host.outstanding, outstanding == .activate || outstanding == .revert,
            outstanding != operation
        {
            violated(.conduct, "\(name): \(operation) crosses \(outstanding)")
        }
        let isAllowed =
            switch operation {
            case .stage: host.batch != nil
            case .activate: hasAnswered(.stage)
            case .watch: hasAnswered(.activate)
            case .revert: host.wasTouched
            case .watchReverted: hasAnswered(.revert)
            case .drain, .admit, .retire, .inspect: true
            case .finish: host.answers[.inspect] != nil
            }
        if !isAllowed { violated(.conduct, "\(name): \(operation) before its time") }
    }

    private mutating func checkCapacity(taking host: Host, for operation: HostOperation) {
        guard !host.planned.isIdle else { return }
        defer { hosts[host.planned.name]?.isOut = true }
        guard !host.isOutOfService, plan.strategy != .recreate else { return }
        checkDomains(taking: host)
        let out = hosts.values.count(where: \.isOutOfService) + 1
        if out > maximumUnavailable + servingSpares {
            violated(
                .capacity,
                "\(operation) on \(host.planned.name) takes \(out) hosts out of service, "
                    + "\(maximumUnavailable) are promised"
            )
        }
    }

    private mutating func checkStart(of host: Host) {
        let name = host.planned.name
        guard let batch = host.batch else { return violated(.conduct, "\(name) runs the release already") }
        if host.isSkipped, !host.hasFailed, !isTakingUp { violated(.skip, "\(name) is started, though it is skipped") }
        checkHours(of: "starting \(name)", isRepeated: isTakingUp)
        if hold != .none, !isTakingUp || holdAtCrash != .none {
            violated(.conduct, "\(name) was started while no host should be")
        }
        // What was decided before a crash is asked for beside what turned out afterwards.
        let unsettled = hosts.values.filter { other in
            (other.batch ?? batch) < batch && !isSettled(other)
                && !(isTakingUp && (other.outstanding != nil || other.isToBeRetried))
        }
        if let first = unsettled.map(\.planned.name).min() {
            violated(.batchOrder, "\(name) of batch \(batch) was started before \(first) had passed")
        }
        let inFlight = hosts.values.count { $0.batch == batch && isInFlight($0) } + 1
        if inFlight > parallelismPromise {
            violated(.parallelism, "\(name) is the batch's host number \(inFlight) to be started and not yet healthy")
        }
        if plan.policy.onFailure != .continue, let excess = budgetExcess {
            violated(.failureBudget, "\(name) was started after \(excess)")
        }
    }

    private func isInFlight(_ host: Host) -> Bool {
        (host.asked.contains(.activate) || host.asked.contains(.drain)) && !host.hasSucceeded(.watch) && !host.hasFailed
    }

    /// Healthy, or failed and left alone by now.
    private func isSettled(_ host: Host) -> Bool {
        host.isSkipped || host.outstanding == nil && (host.hasSucceeded(.watch) || host.countsAsFailed)
    }

    private mutating func checkWait(because reason: String) {
        gateOpened(because: reason)
        let isPaused = reason.hasPrefix("paused by ")
        // A pause that comes while it is on its way to ask something is refused.
        if isPauseAsked, !isPaused, hold == .untilReleased { hold = .none }
        isPauseAsked = isPauseAsked && isPaused
        isPausedByPerson = isPaused
        hasAsked = !isPaused && !["waiting to be promoted", "analysis "].contains(where: reason.hasPrefix)
        let mayAsk = isInconclusive || plan.steps.contains(.pause(nil)) || plan.policy.onFailure.asks
        if !hasHeardPause && !mayAsk { violated(.conduct, "it waits for a person, and nobody had paused it") }
        if isPauseAsked { checkStandstill([.activate, .revert, .watch, .watchReverted]) }
    }

    private mutating func checkSuspension(_ suspension: Suspension) {
        isSuspended = true
        wasPaused = suspension != .interrupted
        let mustBeOver: [HostOperation] =
            wasPaused ? [.activate, .revert, .watch, .watchReverted] : [.activate, .revert]
        checkStandstill(mustBeOver)
    }

    private mutating func checkStandstill(_ mustBeOver: [HostOperation]) {
        for host in hosts.values {
            if let outstanding = host.outstanding, mustBeOver.contains(outstanding) {
                violated(.conduct, "suspended with \(outstanding) under way on \(host.planned.name)")
            }
        }
    }
}
