import FleetModel

// The steps that change hosts, and those that restore them for a rehearsal.

extension RolloutEngine {
    mutating func change(_ batch: Int) {
        if beginStep() { renewRehearsedHosts(of: batch) }
        startHosts(of: batch)
        if progress.batches[batch].unsettled == 0 {
            if run(.afterBatch) { course = .betweenBatches(after: batch) } else { passBatch() }
        } else if let blocked = hostsWithoutRoom(in: batch) {
            fail(because: "max_unavailable leaves no room to go on with \(listed(blocked))")
        }
    }

    /// A host that is being retried has its batch stay ahead.
    mutating func passBatch() {
        guard let batch = plan.steps[stepState.index].batch, progress.batches[batch].unsettled == 0 else {
            return goToNextStep()
        }
        passStep()
    }

    /// Hosts that the rehearsal has restored are changed anew.
    private mutating func renewRehearsedHosts(of batch: Int) {
        for name in plan.batches[batch] {
            guard let host = progress[name], host.phase == .reverted, host.failure == nil, !host.isSkipped else {
                continue
            }
            beginAttempt(on: name)
        }
    }

    private mutating func startHosts(of batch: Int) {
        let tally = progress.batches[batch]
        var window = plan.policy.maximumParallel - tally.inFlight
        guard isWindowOpen, window > 0, tally.staged > 0, room > 0 || tally.stagedFree > 0 else { return }
        let hosts = plan.batches[batch].compactMap { progress[$0] }.filter { $0.phase == .staged }
        // Those that an interruption has left out of the traffic are under way already.
        for host in hosts.filter(\.isWithdrawn) + hosts.filter({ !$0.isWithdrawn }) where window > 0 {
            guard hasRoom(for: host) else { continue }
            if host.isBalanced {
                perform(.drain, on: host.planned.name, entering: .draining)
            } else {
                perform(.activate, on: host.planned.name, entering: .activating)
            }
            window -= 1
        }
    }

    /// How many more hosts may go out of service.
    var room: Int {
        let isSurging = traffic.map { $0.isVerified && $0.pending == nil } ?? false
        let spares = isSurging ? min(plan.policy.surge, traffic?.servingSpares ?? 0) : 0
        return plan.policy.maximumUnavailable + spares - unavailableCount
    }

    /// A host that is out of service already costs nothing more.
    func hasRoom(for host: HostProgress) -> Bool {
        host.isFree || room > 0 && progress.domains.allSatisfy { $0.hasRoom(for: host) }
    }

    /// The hosts that wait for room which nothing under way can make; nil where there is still hope.
    private func hostsWithoutRoom(in batch: Int) -> [HostName]? {
        guard isWindowOpen else { return nil }
        let pending = progress.total.pending
        let laterStages = pending.stages - progress.batches[batch].pending.stages
        return pending.all > laterStages ? nil : plan.batches[batch].filter { progress[$0]?.phase == .staged }
    }

    /// A failure within the budget costs the fleet one host; it gets its old release back while the rollout goes on.
    mutating func restoreFailedHosts() {
        let total = progress.total
        let restoresAll = plan.policy.onFailure.endsInRollback
        guard canGoBack, restoresAll ? total.failedChanged > 0 : total.failedSkipped > 0 else { return }
        for host in hosts where host.phase == .failed && host.isChanged && (restoresAll || host.isSkipped) {
            takeBack(host)
        }
    }

    /// The rehearsal of the way back, under the same promises.
    mutating func rehearseRestoring(_ batch: Int) {
        guard beginStep() || stepState.hasBegun, isWindowOpen else { return }
        var window = plan.policy.maximumParallel - progress.batches[batch].unsettled
        for name in plan.batches[batch].reversed() where window > 0 {
            guard let host = progress[name], host.phase == .healthy, hasRoom(for: host) else { continue }
            takeBack(host)
            window -= 1
        }
        let tally = progress.batches[batch]
        guard tally.unsettled == 0 else { return }
        guard tally.healthy == 0 else {
            return fail(because: "max_unavailable leaves no room to rehearse the rollback")
        }
        passStep()
    }
}
