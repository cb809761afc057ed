import FleetModel

// What people ask of a rollout, and how it stops and goes on.

extension RolloutEngine {
    /// Why a rollout is held; it decides whether its coordinator stays, and what going on means.
    enum HoldCause {
        /// It needs a person: nobody may be there for days, so the coordinator leaves. Whoever resumes has seen the
        /// failures.
        case failure
        /// A person is at it: the coordinator stays and waits for the next word.
        case personThere
        /// A person paused it, and the coordinator was told to leave.
        case personGone
        case interruption
    }

    /// A person has paused it, or it is on its way there, and its coordinator waits for the next word.
    public var isPausedByPerson: Bool { hold != nil && holdCause == .personThere }

    mutating func answer(_ request: OperatorRequest, by person: String, at now: RolloutInstant) {
        switch request {
        case .pause(let reason):
            guard hold == nil else { return }
            hold = .paused(reason: "paused by \(person)" + (reason.map { ": \($0)" } ?? ""))
            holdCause = .personThere
        case .resume: if holdCause == .personThere, hold != nil, !isSuspended { goOn(at: now) }
        case .retry: retry(at: now)
        case .promote, .skip: break
        case .interrupt: interrupt()
        case .abort:
            if !isSuspended { (hold, isWaiting) = (nil, false) }
            rollBack(because: "aborted by \(person)")
        }
    }

    private mutating func interrupt() {
        guard !isSuspended else { return }
        if isWaiting {
            holdCause = .personGone
        } else {
            hold = .interrupted
            holdCause = .interruption
        }
    }

    /// An activation or a restoration is never left half done; a pause also waits for the verdict on what was started.
    mutating func suspendIfSafe(_ hold: Suspension) {
        let pending = progress.total.pending
        let isSafe = pending.switches == 0 && (hold == .interrupted || pending.watches == 0)
        guard isSafe, pendingHooks.isEmpty else { return }
        if holdCause == .personThere, case .paused(let reason) = hold {
            guard !isWaiting else { return }
            isWaiting = true
            actions += [.cancelTimer(.progress), .wait(reason: reason)]
        } else {
            (isWaiting, isSuspended) = (false, true)
            actions += [.cancelTimer(.progress), .suspend(hold)]
        }
    }

    /// The coordinator that goes on has never left: what is under way still is.
    mutating func goOn(at now: RolloutInstant) {
        (hold, isWaiting) = (nil, false)
        restartProgressTimer(at: now)
        // What failed meanwhile has not been answered yet.
        failIfOverBudget()
    }

    /// Asks again for all that has not been answered: the hosts know what they have done already.
    mutating func resume(at now: RolloutInstant) {
        if isSuspended, holdCause == .failure {
            forgiven = Set(hosts.filter { $0.failure != nil }.map(\.planned.name))
        }
        // A person's pause holds until a person says otherwise; an interruption died with its coordinator.
        if isSuspended || hold == .interrupted { hold = nil }
        (isWaiting, isSuspended) = (false, false)
        if course == .notStarted { return start(at: now) }
        for hook in CoordinatorHook.allCases where pendingHooks.contains(hook) { actions.append(.runHook(hook)) }
        for host in hosts {
            if let operation = host.pending { perform(operation, on: host.planned.name) }
        }
        restartProgressTimer(at: now)
        // What failed while an interruption was on its way has not been answered yet.
        failIfOverBudget()
    }
}
