import FleetModel

extension RolloutEngine {
    /// Restores every host that this rollout changed; also the way an abort takes.
    mutating func rollBack(because reason: String) {
        switch course {
        case .notStarted, .starting:
            failureReason = reason
            pendingHooks = []
            beginClosing()
        case .forward, .betweenBatches:
            failureReason = reason
            course = .rollingBack
            actions.append(.cancelTimer(.progress))
            _ = run(.onFailure)
        case .rollingBack, .closing, .finishing, .ended: break
        }
    }

    /// Hosts that are down already go first and cost nothing; those in service follow as far as the promise allows. A
    /// host in the middle of its activation is waited for: a switch is never crossed by another.
    mutating func goBack() {
        let total = progress.total
        if total.watching + total.failedChanged + total.stagedChanged > 0 {
            restore(atMost: hosts.count) { host in
                host.phase == .watching || host.isChanged && (host.phase == .failed || host.phase == .staged)
            }
        }
        if progress.total.healthy > 0 {
            restore(atMost: plan.policy.maximumUnavailable - unavailableCount) { $0.phase == .healthy }
        }
        let pending = progress.total.pending
        if pending.switches + pending.watches == 0 { beginClosing() }
    }

    /// In reverse of the order in which they were changed.
    private mutating func restore(atMost maximum: Int, where isToBeRestored: (HostProgress) -> Bool) {
        var room = maximum
        for index in hosts.indices.reversed() where room > 0 && isToBeRestored(hosts[index]) {
            perform(.revert, on: hosts[index].planned.name, entering: .reverting)
            room -= 1
        }
    }

    /// A host that ran nothing, or nothing healthy, before cannot be asked to be healthy now.
    mutating func watchRestored(_ name: HostName) {
        guard let host = progress[name] else { return }
        if host.planned.current == nil || host.planned.isSick {
            progress.update(name) { $0.phase = .reverted }
        } else {
            perform(.watchReverted, on: name, entering: .watchingReverted)
        }
    }
}
