import FleetModel

extension RolloutEngine {
    mutating func start(at now: RolloutInstant) {
        guard course == .notStarted else { return }
        course = .starting
        if run(.beforeRollout) { return }
        beginForward()
        restartProgressTimer(at: now)
    }

    /// Staging changes nothing that runs, so every host is staged from the start, the first batches first.
    private mutating func beginForward() {
        guard !plan.steps.isEmpty else { return beginClosing() }
        course = .forward(step: 0)
        for name in plan.changedHosts { perform(.stage, on: name, entering: .staging) }
    }

    mutating func goForward(_ step: Int) {
        guard case .change(let batch) = plan.steps[step] else { return fail(because: "a step that is not known yet") }
        restoreFailedHosts()
        activateHosts(of: batch)
        if progress.batches[batch].unsettled == 0 {
            if run(.afterBatch) { course = .betweenBatches(after: batch) } else { passBatch(batch) }
        } else if let blocked = hostsWithoutRoom(in: batch) {
            fail(because: "max_unavailable leaves no room to go on with \(listed(blocked))")
        }
    }

    /// Where a host of an earlier batch is retried, that batch is ahead again.
    private mutating func passBatch(_ batch: Int) {
        if progress.batches[batch].unsettled == 0 { stepsAhead.remove(batch) }
        if let next = stepsAhead.min() {
            course = .forward(step: next)
        } else {
            actions.append(.cancelTimer(.progress))
            beginClosing()
        }
    }

    /// A failure within the budget costs the fleet one host; it gets its old release back while the rollout goes on.
    private mutating func restoreFailedHosts() {
        guard plan.policy.onFailure == .rollback, progress.total.failedChanged > 0 else { return }
        for host in hosts where host.phase == .failed && host.isChanged {
            perform(.revert, on: host.planned.name, entering: .reverting)
        }
    }

    private mutating func activateHosts(of batch: Int) {
        let tally = progress.batches[batch]
        var window = plan.policy.maximumParallel - tally.inFlight
        var room = plan.policy.maximumUnavailable - unavailableCount
        guard window > 0, tally.staged > 0, room > 0 || tally.stagedDown > 0 else { return }
        for name in plan.batches[batch] where window > 0 {
            guard let host = progress[name], host.phase == .staged else { continue }
            // A host that is out of service already costs nothing more.
            guard host.isUnavailable || room > 0 else { continue }
            if !host.isUnavailable { room -= 1 }
            perform(.activate, on: name, entering: .activating)
            window -= 1
        }
    }

    /// The hosts that wait for room which nothing under way can make; nil where there is still hope.
    private func hostsWithoutRoom(in batch: Int) -> [HostName]? {
        let pending = progress.total.pending
        let laterStages = pending.stages - progress.batches[batch].pending.stages
        return pending.all > laterStages ? nil : plan.batches[batch].filter { progress[$0]?.phase == .staged }
    }

    mutating func finish(_ hook: CoordinatorHook, _ outcome: HookOutcome, at now: RolloutInstant) {
        guard pendingHooks.remove(hook) != nil else { return }
        switch (hook, course, outcome) {
        case (.beforeRollout, .starting, .succeeded): beginForward()
        case (.beforeRollout, .starting, .failed(let problem)):
            failureReason = failureReason ?? "the before_rollout hook failed: \(problem)"
            beginClosing()
        case (.afterBatch, .betweenBatches(let batch), .succeeded): passBatch(batch)
        case (.afterBatch, .betweenBatches(let batch), .failed) where plan.policy.onFailure == .continue:
            passBatch(batch)
        case (.afterBatch, .betweenBatches(let batch), .failed(let problem)):
            course = .forward(step: batch)
            fail(because: "the after_batch hook failed: \(problem)")
        default: break
        }
        // The hosts could make no progress while the hook ran.
        restartProgressTimer(at: now)
    }
}

// MARK: - Answers from hosts

extension RolloutEngine {
    mutating func finish(
        _ operation: HostOperation, on name: HostName, _ outcome: OperationOutcome, at now: RolloutInstant
    ) {
        guard progress[name]?.pending == operation else { return }
        progress.update(name) { host in
            host.pending = nil
            if case .observed(let observation) = outcome { host.observation = observation }
        }
        switch outcome {
        case .succeeded: operationSucceeded(operation, on: name, at: now)
        case .failed(let failure): operationFailed(operation, on: name, failure)
        case .observed: break
        }
    }

    private mutating func operationSucceeded(_ operation: HostOperation, on name: HostName, at now: RolloutInstant) {
        switch operation {
        case .stage:
            progress.update(name) { host in
                host.phase = .staged
                host.isStaged = true
            }
        case .activate: perform(.watch, on: name, entering: .watching)
        case .watch: progress.update(name) { $0.phase = .healthy }
        case .revert: watchRestored(name)
        case .watchReverted: progress.update(name) { $0.phase = .reverted }
        case .drain, .admit, .retire, .inspect, .finish: return
        }
        if hold == nil { restartProgressTimer(at: now) }
    }

    private mutating func operationFailed(_ operation: HostOperation, on name: HostName, _ failure: HostFailure) {
        switch operation {
        case .stage, .activate, .watch:
            progress.update(name) { host in
                host.failure = failure
                host.phase = .failed
            }
            failIfOverBudget()
        case .revert, .watchReverted:
            progress.update(name) { host in
                host.failure = failure
                host.phase = .stuck
            }
        case .drain, .admit, .retire, .inspect, .finish: break
        }
    }

    /// Failures that a person has resumed after count no more.
    mutating func failIfOverBudget() {
        let failed = hosts.filter { $0.failure != nil && !forgiven.contains($0.planned.name) }
        let budget = plan.policy.maximumFailures
        let isBatchOverBudget = Dictionary(grouping: failed) { $0.batch ?? 0 }.contains { batch, failed in
            exceeds(failed.count, budget.batch, of: plan.batches[batch].count)
        }
        guard isBatchOverBudget || exceeds(failed.count, budget.rollout, of: plan.changedHosts.count) else { return }
        let problem = failed.last?.failure?.problem ?? ""
        fail(because: "\(listed(failed.map(\.planned.name))) failed: \(problem)")
    }

    private func exceeds(_ count: Int, _ limit: Share?, of total: Int) -> Bool {
        limit.map { count > $0.ceiling(of: total) } ?? false
    }

    /// A rollback needs no such deadline: each restoration has its own, and none is crossed by anything else.
    mutating func progressTimerFired(at now: RolloutInstant) {
        // A timer that was replaced may still be heard, when both came in the same moment.
        guard case .forward = course, now >= progressDeadline else { return }
        fail(because: "no host made progress for \(plan.policy.progressDeadline.spoken)")
    }

    /// The first failure decides; later ones find the rollout on its way back already.
    mutating func fail(because reason: String) {
        switch course {
        case .forward, .betweenBatches: break
        default: return
        }
        guard hold == nil || hold == .interrupted else { return }
        switch plan.policy.onFailure {
        case .rollback: rollBack(because: reason)
        case .pause: pause(because: reason)
        case .continue where hostsCanGoOn: break
        case .continue, .ask: pause(because: reason)
        }
    }

    /// Something is under way or can still be started, so a failure need not end the rollout.
    private var hostsCanGoOn: Bool {
        let total = progress.total
        return total.pending.all > 0 || total.unsettled == 0
            || total.staged > 0 && total.unavailable < plan.policy.maximumUnavailable
    }

    private mutating func pause(because reason: String) {
        // An interruption is on its way: the failure is answered on resuming.
        guard hold == nil else { return }
        hold = .paused(reason: reason)
        holdCause = .failure
        _ = run(.onFailure)
    }

    func listed(_ names: [HostName]) -> String { names.map(\.text).joined(separator: ", ") }
}
