import FleetModel

// What people ask of a rollout, and how it stops and goes on.

extension RolloutEngine {
    /// Why a rollout is held; it decides whether its coordinator stays, and what going on means.
    enum HoldCause {
        /// It needs a person: nobody may be there for days, so the coordinator leaves. Whoever resumes has seen the
        /// failures.
        case failure
        /// It needs a person, and waits for one for a while. Whoever resumes has seen the failures.
        case question
        /// A person is at it: the coordinator stays and waits for the next word.
        case personThere
        /// A person paused it, and the coordinator was told to leave.
        case personGone
        case interruption
    }

    /// A person has paused it, or it is on its way there, and its coordinator waits for the next word.
    public var isPausedByPerson: Bool { hold != nil && holdCause == .personThere }

    mutating func answer(_ request: OperatorRequest, by person: String) {
        switch request {
        case .pause(let reason): pause(by: person, because: reason)
        case .resume: resumeWaiting()
        case .retry: retry()
        case .promote: promote()
        case .skip(let host): skip(host)
        case .interrupt: interrupt()
        case .abort:
            if !isSuspended { (hold, isWaiting) = (nil, false) }
            rollBack(because: "aborted by \(person)")
        }
    }

    private mutating func pause(by person: String, because reason: String?) {
        guard hold == nil else { return rejection = "it is paused, or about to be" }
        hold = .paused(reason: "paused by \(person)" + (reason.map { ": \($0)" } ?? ""))
        (holdCause, isWaiting) = (.personThere, false)
    }

    private mutating func resumeWaiting() {
        guard hold != nil, !isSuspended else { return }
        switch holdCause {
        case .personThere: goOn()
        case .question:
            forgiveFailures()
            goOn()
        case .failure, .personGone, .interruption: break
        }
    }

    private mutating func interrupt() {
        guard !isSuspended else { return }
        if isWaiting, case .question = gate {
            holdCause = .failure
            gate = nil
            actions.append(.cancelTimer(.ask))
        } else if isWaiting {
            if hold == nil { hold = .paused(reason: gate?.reason ?? "waiting for a person") }
            holdCause = .personGone
        } else {
            closeQuestion()
            (hold, holdCause) = (.interrupted, .interruption)
        }
    }

    /// An activation or a restoration is never left half done; a pause also waits for the verdict on what was started.
    mutating func suspendIfSafe(_ hold: Suspension) {
        let total = progress.total
        let isSafe =
            total.pending.switches == 0 && pendingHooks.isEmpty
            && (hold == .interrupted || isWhole(total.pending) && total.toBeAdmitted == 0)
        guard isSafe else { return }
        if holdCause == .personThere || holdCause == .question, case .paused(let reason) = hold {
            guard !isWaiting else { return }
            isWaiting = true
            actions += [.cancelTimer(.progress), .wait(reason: reason)]
        } else {
            (isWaiting, isSuspended) = (false, true)
            actions += [.cancelTimer(.progress), .suspend(hold)]
        }
    }

    private func isWhole(_ pending: PendingTally) -> Bool {
        pending.watches + pending.drains + pending.admissions + pending.retirements == 0
            && traffic?.pending == nil && stepState.pendingSchemaHook == nil
    }

    /// The coordinator that goes on has never left: what is under way still is.
    mutating func goOn() {
        closeQuestion()
        (hold, isWaiting) = (nil, false)
        restartProgressTimer()
        answerWhatFailedMeanwhile()
    }

    private mutating func answerWhatFailedMeanwhile() {
        failIfOverBudget()
        if hold == nil, let problem = stepState.problem { fail(because: problem) }
    }

    /// Asks again for all that has not been answered: the hosts know what they have done already.
    mutating func resume() {
        if isSuspended, holdCause == .failure { forgiveFailures() }
        // A person's pause holds until a person says otherwise; an interruption died with its coordinator.
        if isSuspended || hold == .interrupted { hold = nil }
        (isWaiting, isSuspended) = (false, false)
        if course == .notStarted { return start() }
        for hook in CoordinatorHook.allCases where pendingHooks.contains(hook) { actions.append(.runHook(hook)) }
        for host in hosts {
            if let operation = host.pending { perform(operation, on: host.planned.name) }
        }
        askAgainBetweenHosts()
        restartProgressTimer()
        answerWhatFailedMeanwhile()
    }

    private mutating func askAgainBetweenHosts() {
        shiftAgain()
        if case .runSchemaHook(let hook, let host) = currentStep, stepState.pendingSchemaHook == hook {
            actions.append(.runSchemaHook(hook, on: host))
        }
        if isGoingForward, let (name, _) = stepState.pendingAnalysis { measure(name) }
        if case .forward = course, let deadline = stepState.pauseDeadline {
            actions.append(.startTimer(.pause, deadline: deadline))
        }
        if case .question = gate { actions.append(.startTimer(.ask, deadline: askDeadline)) }
    }

    /// The step that it is at, or was at when it turned back.
    private var currentStep: PlanStep? {
        plan.steps.indices.contains(stepState.index) ? plan.steps[stepState.index] : nil
    }
}
