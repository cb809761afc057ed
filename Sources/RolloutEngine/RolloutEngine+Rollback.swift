import FleetModel

extension RolloutEngine {
    /// Whether what was changed can be restored at all.
    var canGoBack: Bool { plan.policy.isReversible && !isPastReturn }

    /// Restores every host that this rollout changed; also the way an abort takes.
    mutating func rollBack(because reason: String) {
        switch course {
        case .notStarted, .starting:
            failureReason = reason
            pendingHooks = []
            beginClosing()
        case .forward, .betweenBatches:
            failureReason = reason
            if !canGoBack, hosts.contains(where: \.isChanged) {
                failureReason = reason + "; the hosts stay as they are, for there is no way back from this release"
            }
            closeQuestion()
            leaveStep()
            course = .rollingBack
            actions.append(.cancelTimer(.progress))
            let isRetreatDue = canGoBack && plan.traffic?.retreat != nil && !isIdleSideQuiet
            traffic?.isRetreatDue = isRetreatDue
            _ = run(.onFailure)
        case .rollingBack, .closing, .finishing, .ended: break
        }
    }

    /// Traffic first. Hosts that are down already cost nothing; those in service follow as far as the promise allows. A
    /// host in the middle of its activation is waited for: a switch is never crossed by another.
    mutating func goBack() {
        guard traffic?.pending == nil else { return }
        if traffic?.isRetreatDue == true { return retreat() }
        readmitHostsInVain()
        if canGoBack { restoreHosts() }
        admitHosts()
        let pending = progress.total.pending
        guard pending.switches + pending.watches + pending.drains + pending.admissions + pending.retirements == 0,
            stepState.pendingSchemaHook == nil, !bringTrafficHome()
        else { return }
        nameHostsLeftInTraffic()
        beginClosing()
    }

    /// In reverse of the order in which they were changed.
    private mutating func restoreHosts() {
        guard progress.total.toBeRestored > 0 else { return }
        for index in progress.rangeToBeRestored().reversed() {
            // To go on would only be to look at every host that waits for room.
            guard room > 0 || progress.total.toBeRestoredFree > 0 else { return }
            let host = hosts[index]
            if host.isToBeRestored, hasRoom(for: host) { takeBack(host) }
        }
    }

    /// Out of the traffic, and then back. What serves on the idle side by now is left alone until it does no more.
    mutating func takeBack(_ host: HostProgress) {
        if host.planned.isIdle, !isIdleSideQuiet { return }
        if host.isBalanced, !host.isDrained {
            perform(.drain, on: host.planned.name, entering: .drainingBack)
        } else {
            perform(.revert, on: host.planned.name, entering: .reverting)
        }
    }

    /// The last to go back are hosts that served in the place of others: true while that is to be waited for.
    private mutating func bringTrafficHome() -> Bool {
        guard canGoBack, let initial = plan.traffic?.initial, traffic?.isTouched == true, !isIdleSideQuiet,
            traffic?.hasFailedToComeHome == false
        else { return false }
        shift(to: initial, for: .home)
        return true
    }

    /// They may still get requests, so they are not touched.
    private mutating func nameHostsLeftInTraffic() {
        guard canGoBack, !isIdleSideQuiet else { return }
        let problem = "it may still get requests, so it was left as it is: \(traffic?.problem ?? "")"
        for host in hosts where host.planned.isIdle && host.isToBeRestored {
            progress.update(host.planned.name) { host in
                host.failure = HostFailure(.traffic, problem)
                host.phase = .stuck
            }
        }
    }

    /// A host that ran nothing, or nothing healthy, before cannot be asked to be healthy now.
    mutating func watchRestored(_ name: HostName) {
        guard let host = progress[name] else { return }
        if host.planned.current == nil || host.planned.isSick {
            restored(name)
        } else {
            perform(.watchReverted, on: name, entering: .watchingReverted)
        }
    }

    mutating func restored(_ name: HostName) {
        if progress[name]?.isWithdrawn == true {
            readmit(name, as: .reverted)
        } else {
            progress.update(name) { $0.phase = .reverted }
        }
    }

    // MARK: Admissions

    /// To be asked when the traffic is nobody else's to change; then the host stands there.
    mutating func readmit(_ name: HostName, as destination: HostProgress.Phase) {
        progress.update(name) { host in
            host.phase = .readmitting
            host.destination = destination
        }
    }

    private mutating func readmitHostsInVain() {
        guard progress.total.withdrawnInVain > 0 else { return }
        for host in hosts where host.isWithdrawnInVain { readmit(host.planned.name, as: host.phase) }
    }

    mutating func admitHosts() {
        guard progress.total.toBeAdmitted > 0, traffic?.pending == nil, traffic?.isRetreatDue != true else { return }
        for index in progress.toBeAdmitted.sorted() { perform(.admit, on: hosts[index].planned.name) }
    }
}
