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
        for host in changedHosts where host.isUnavailable { restore(host) }
        var room = plan.policy.maximumUnavailable - unavailableCount
        for host in changedHosts where room > 0 && host.phase == .healthy {
            restore(host)
            room -= 1
        }
        let isUnderWay = hosts.contains { host in
            [.activate, .revert, .watchReverted].contains(host.pending)
        }
        if !isUnderWay { beginClosing() }
    }

    /// In reverse of the order in which they were changed.
    private var changedHosts: [HostProgress] { hosts.reversed().filter(\.isChanged) }

    private mutating func restore(_ host: HostProgress) {
        switch host.phase {
        case .watching, .healthy, .failed: perform(.revert, on: host.planned.name, entering: .reverting)
        default: break
        }
    }

    /// A host that ran nothing, or nothing healthy, before cannot be asked to be healthy now.
    mutating func watchRestored(_ name: HostName) {
        guard let host = progress[name] else { return }
        if host.planned.current == nil || host.planned.isSick {
            progress[name]?.phase = .reverted
        } else {
            perform(.watchReverted, on: name, entering: .watchingReverted)
        }
    }
}
