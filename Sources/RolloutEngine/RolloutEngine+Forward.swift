import FleetModel

// From the start, step by step, to the end of the plan.

extension RolloutEngine {
    mutating func start() {
        guard course == .notStarted else { return }
        course = .starting
        if !run(.beforeRollout) { beginForward() }
    }

    /// Staging changes nothing that runs, so every host is staged from the start, the first batches first.
    private mutating func beginForward() {
        guard !plan.steps.isEmpty else { return beginClosing() }
        for name in plan.changedHosts { perform(.stage, on: name, entering: .staging) }
        enter(0)
    }

    mutating func goForward(_ step: Int) {
        // Whoever changes the traffic as a whole, or the schema, has it for himself.
        guard traffic?.pending == nil, stepState.pendingSchemaHook == nil else { return }
        restoreFailedHosts()
        admitHosts()
        guard !stepsAhead.isEmpty else { return closeWhenQuiet() }
        switch plan.steps[step] {
        case .change(let batch): change(batch)
        case .restore(let batch): rehearseRestoring(batch)
        case .shiftTraffic(let allocation): shiftTraffic(to: allocation)
        case .pause(let duration): pause(for: duration)
        case .analyse(let name): analyse(name)
        case .runSchemaHook(let hook, let host): run(hook, on: host)
        case .retire(let names): retire(names)
        }
    }

    mutating func enter(_ step: Int) {
        stepState = StepState(index: step)
        course = .forward(step: step)
        if plan.steps[step].batch != nil { restartProgressTimer() } else { actions.append(.cancelTimer(.progress)) }
    }

    /// False where it has begun already, or hosts may not be touched at this hour.
    mutating func beginStep() -> Bool {
        guard !stepState.hasBegun, isWindowOpen else { return false }
        stepState.hasBegun = true
        return true
    }

    mutating func passStep() {
        stepsAhead.remove(stepState.index)
        goToNextStep()
    }

    /// Where a host of an earlier batch is retried, its step is ahead again.
    mutating func goToNextStep() {
        leaveStep()
        if let next = stepsAhead.min() {
            enter(next)
        } else {
            actions.append(.cancelTimer(.progress))
            course = .forward(step: stepState.index)
        }
    }

    /// A host that was skipped may still be on its way back.
    private mutating func closeWhenQuiet() {
        if progress.total.pending.all == 0 { beginClosing() }
    }

    /// What the step waits for is waited for no more.
    mutating func leaveStep() {
        if stepState.pauseDeadline != nil { actions.append(.cancelTimer(.pause)) }
        stepState.pauseDeadline = nil
        (stepState.pendingAnalysis, stepState.doubt) = (nil, nil)
        // A question is about a failure, whatever step it is at when it is answered.
        if case .question = gate { return }
        if gate != nil, hold == nil { isWaiting = false }
        gate = nil
    }

    mutating func restartProgressTimer() {
        guard case .forward(let step) = course, plan.steps[step].batch != nil, isWindowOpen else { return }
        progressDeadline = now + plan.policy.progressDeadline
        actions.append(.startTimer(.progress, deadline: progressDeadline))
    }

    /// A rollback needs no such deadline: each restoration has its own, and none is crossed by anything else.
    mutating func progressTimerFired() {
        // A timer that was replaced may still be heard, when both came in the same moment.
        guard case .forward(let step) = course, plan.steps[step].batch != nil, isWindowOpen, now >= progressDeadline
        else { return }
        fail(because: "no host made progress for \(plan.policy.progressDeadline.spoken)")
    }

    mutating func finish(_ hook: CoordinatorHook, _ outcome: HookOutcome) {
        guard pendingHooks.remove(hook) != nil else { return }
        switch (hook, course, outcome) {
        case (.beforeRollout, .starting, .succeeded): beginForward()
        case (.beforeRollout, .starting, .failed(let problem)):
            failureReason = failureReason ?? "the before_rollout hook failed: \(problem)"
            beginClosing()
        case (.afterBatch, .betweenBatches, .succeeded): passBatch()
        case (.afterBatch, .betweenBatches, .failed) where plan.policy.onFailure == .continue: passBatch()
        case (.afterBatch, .betweenBatches, .failed(let problem)):
            course = .forward(step: stepState.index)
            fail(because: "the after_batch hook failed: \(problem)")
        default: break
        }
        // The hosts could make no progress while the hook ran.
        restartProgressTimer()
    }
}
