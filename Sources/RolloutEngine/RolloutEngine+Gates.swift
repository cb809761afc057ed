import FleetModel

// What follows a failure, and who decides that.

extension RolloutEngine {
    /// The first failure decides; later ones find the rollout on its way back already.
    mutating func fail(because reason: String) {
        switch course {
        case .forward, .betweenBatches: break
        default: return
        }
        guard hold == nil || hold == .interrupted else { return }
        respond(with: plan.policy.onFailure, to: reason)
    }

    /// Not a host failed, but what is between them.
    mutating func stepFailed(because reason: String) {
        stepState.problem = reason
        fail(because: reason)
    }

    private mutating func respond(with response: FailureResponse, to reason: String) {
        switch response {
        case .rollback where canGoBack: rollBack(because: reason)
        case .rollback, .pause: stop(because: reason, for: .failure)
        case .ask(let timeout, let then):
            guard stop(because: reason, for: .question) else { return }
            gate = .question(reason: reason)
            defaultResponse = then
            askDeadline = now + timeout
            actions.append(.startTimer(.ask, deadline: askDeadline))
        case .continue where stepState.problem != nil: passOverFailedStep(reason)
        case .continue: if !hostsCanGoOn { stop(because: reason, for: .failure) }
        }
    }

    /// What was measured can be passed over; traffic and schema have to be as the plan has them.
    private mutating func passOverFailedStep(_ reason: String) {
        if case .analyse = plan.steps[stepState.index] {
            passStep()
        } else {
            stop(because: reason, for: .failure)
        }
    }

    /// False where an interruption is on its way: the failure is answered on resuming.
    @discardableResult
    private mutating func stop(because reason: String, for cause: HoldCause) -> Bool {
        guard hold == nil else { return false }
        (hold, holdCause, isWaiting) = (.paused(reason: reason), cause, false)
        _ = run(.onFailure)
        return true
    }

    /// Something is under way or can still be started, so a failure need not end the rollout.
    private var hostsCanGoOn: Bool {
        if progress.total.pending.all > 0 { return true }
        switch plan.steps[stepState.index] {
        case .change(let batch): return progress.total.unsettled == 0 || hasRoom(forAnyOf: batch, in: .staged)
        case .restore(let batch): return progress.batches[batch].healthy == 0 || hasRoom(forAnyOf: batch, in: .healthy)
        case .shiftTraffic, .pause, .analyse, .runSchemaHook, .retire: return progress.total.unsettled == 0
        }
    }

    private func hasRoom(forAnyOf batch: Int, in phase: HostProgress.Phase) -> Bool {
        plan.batches[batch].compactMap { progress[$0] }.contains { $0.phase == phase && hasRoom(for: $0) }
    }

    /// Nobody has answered in time.
    mutating func askTimerFired() {
        guard case .question(let reason) = gate, now >= askDeadline else { return }
        closeQuestion()
        switch defaultResponse {
        case .continue where stepState.problem == nil && hostsCanGoOn:
            forgiveFailures()
            goOn()
        case let response: respond(with: response, to: reason)
        }
    }

    /// Whatever was asked of a person is asked no more.
    mutating func closeQuestion() {
        guard case .question = gate else { return }
        gate = nil
        (hold, isWaiting) = (nil, false)
        actions.append(.cancelTimer(.ask))
    }

    mutating func forgiveFailures() {
        forgiven = Set(hosts.filter { $0.failure != nil }.map(\.planned.name))
        // A step that has failed is done anew; one that goes well goes on.
        if stepState.problem != nil { (stepState.problem, stepState.hasBegun) = (nil, false) }
    }

    // MARK: The budget

    /// Failures that a person has resumed after count no more.
    mutating func failIfOverBudget() {
        if let problem = budgetProblem { fail(because: problem) }
    }

    /// Why no further host may be started; nil while the budget holds.
    var budgetProblem: String? {
        let failed = hosts.filter { $0.failure != nil && !forgiven.contains($0.planned.name) }
        let budget = plan.policy.maximumFailures
        let isBatchOverBudget = Dictionary(grouping: failed) { $0.batch ?? 0 }.contains { batch, failed in
            plan.batches.indices.contains(batch) && exceeds(failed.count, budget.batch, of: plan.batches[batch].count)
        }
        guard isBatchOverBudget || exceeds(failed.count, budget.rollout, of: plan.changedHosts.count) else {
            return nil
        }
        return "\(listed(failed.map(\.planned.name))) failed: \(failed.last?.failure?.problem ?? "")"
    }

    private func exceeds(_ count: Int, _ limit: Share?, of total: Int) -> Bool {
        limit.map { count > $0.ceiling(of: total) } ?? false
    }

    // MARK: Promote, skip, hours

    mutating func promote() {
        guard case .forward(let step) = course else { return rejection = "nothing waits to be promoted" }
        switch (plan.steps[step], gate) {
        case (.pause, _) where stepState.hasBegun: passStep()
        case (.analyse, nil) where plan.strategy == .abTest && isMeasuring: endTest()
        case (.analyse, .inconclusive): plan.strategy == .abTest ? endTest() : passStep()
        default: rejection = "nothing waits to be promoted"
        }
    }

    /// Who promotes B has seen enough: what else was to be measured, and the hold after it, are passed over.
    private mutating func endTest() {
        let first = stepState.index
        let last = plan.steps[first...].firstIndex(of: .pause(nil)) ?? first
        stepsAhead.subtract(first...last)
        goToNextStep()
    }

    mutating func skip(_ name: HostName) {
        guard isGoingForward, let host = progress[name], host.batch != nil else {
            return rejection = "\(name) is not about to change"
        }
        switch host.phase {
        case .waiting, .staging, .staged, .failed, .stuck, .reverted: leaveOut(host)
        default: return rejection = "\(name) is \(host.phase.rawValue) and can't be skipped now"
        }
        hasTurned = true
        if case .question = gate, budgetProblem == nil, stepState.problem == nil { goOn() }
    }

    /// One that has been changed gets back what it ran before; see ``restoreFailedHosts()``.
    private mutating func leaveOut(_ host: HostProgress) {
        let name = host.planned.name
        forgiven.insert(name)
        progress.update(name) { host in
            host.isSkipped = true
            guard [.waiting, .staging, .staged].contains(host.phase) else { return }
            host.pending = nil
            host.phase = host.isChanged ? .failed : .skipped
            if host.isChanged { host.failure = HostFailure(.interrupted, "it was skipped before it was tried again") }
        }
        if host.isWithdrawn, !host.isChanged, host.phase == .staged { readmit(name, as: .skipped) }
    }

    mutating func windowChanged(isOpen: Bool) {
        guard plan.policy.hasWindow, isOpen != isWindowOpen else { return }
        isWindowOpen = isOpen
        if isOpen {
            if hold == nil { restartProgressTimer() }
        } else if case .forward = course {
            actions.append(.cancelTimer(.progress))
        }
    }

    var isGoingForward: Bool {
        switch course {
        case .forward, .betweenBatches: true
        default: false
        }
    }
}
