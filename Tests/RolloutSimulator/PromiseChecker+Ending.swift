import FleetModel
import RolloutEngine

// The last word must be true: every host is restored or named, and the verdict says what the hosts said.

extension PromiseChecker {
    mutating func check(_ ending: Ending) {
        if ending.hosts.map(\.name).sorted() != plan.hosts.map(\.name).sorted() {
            violated(.truthfulEnding, "the ending does not name each host once")
        }
        // One that went through is not rolled back because the last look at the traffic failed.
        let hasFailed = ending.reason.map { !$0.hasPrefix("the traffic could not be verified") } ?? false
        for host in ending.hosts { check(host, failed: hasFailed) }
        checkVerdict(of: ending)
        checkTraffic(in: ending)
        // What a crash cut off may have been the closing.
        let forgotten = hosts.values.filter(\.isToBeRetried).map(\.planned.name.text).sorted()
        if ending.reason == nil, !hasCrashed, !forgotten.isEmpty {
            violated(.retry, "\(forgotten) were to be retried and were not")
        }
        if ending.reason == nil, plan.policy.onFailure == .rollback, let excess = budgetExcess {
            violated(.failureBudget, "nothing was rolled back after \(excess)")
        }
    }

    private mutating func check(_ ending: HostEnding, failed: Bool) {
        guard let host = hosts[ending.name] else { return }
        let truth = truth(about: host)
        let isTrue =
            switch ending.state {
            case .updated: truth == .runsNew && host.wasTouched
            case .current: truth == .runsNew && !host.wasTouched
            case .untouched: !host.wasTouched && !host.planned.isOffline
            case .offline: host.planned.isOffline
            case .kept, .retired: host.batch == nil
            case .restored: truth == .runsOld || truth == .runsBoth
            case .broken: truth == .broken && host.wasTouched || host.isOutOfTraffic
            case .unknown: truth == .unknown && (host.wasTouched || host.isOutOfTraffic)
            }
        let isAmbiguous = truth == .runsBoth && [.updated, .current].contains(ending.state)
        if !isTrue && !isAmbiguous {
            violated(.truthfulEnding, "\(ending.name) is said to be \(ending.state): \(truth)")
        }
        if host.running == .activate || host.running == .revert, ending.state != .unknown {
            violated(.truthfulEnding, "\(ending.name) is said to be \(ending.state) in the middle of a switch")
        }
        if failed && ending.state == .updated { checkForgotten(host) }
    }

    /// A rollback may leave a host on the new release only where the promise leaves no room, or where reverting failed.
    private mutating func checkForgotten(_ host: Host) {
        let wasTried = host.asked.contains(.revert) || host.isBalanced && host.asked.contains(.drain) && host.hasFailed
        let isPastReturn = !plan.policy.isReversible || isRetiring || isContracting
        // Idle hosts that may serve by now are left alone.
        if isPastReturn || host.planned.isIdle && host.wasTouched && hasShifted { return }
        let hasRoom =
            plan.strategy == .recreate
            || hosts.values.count(where: \.isOutOfService) < maximumUnavailable && domainProblem(taking: host) == nil
        if !wasTried && hasRoom { violated(.restoration, "\(host.planned.name) was changed and not rolled back") }
    }

    private mutating func checkVerdict(of ending: Ending) {
        let truths = hosts.values.map { ($0, truth(about: $0)) }
        let isOneSided = plan.hosts.contains(where: \.isIdle)
        let isComplete = truths.allSatisfy { host, truth in
            truth == .runsNew || truth == .runsBoth || isOneSided && host.batch == nil && !host.planned.isOffline
        }
        let isAnyLeftOut = hosts.values.contains(where: \.isOutOfTraffic)
        let isTrafficElsewhere = ending.traffic != nil && ending.traffic != .initial
        let isAnyLeftChanged =
            truths.contains { $0.wasTouched && $1 != .runsOld && $1 != .runsBoth } || isAnyLeftOut || isTrafficElsewhere
        let areHandsNeeded =
            truths.contains { $0.wasTouched && ($1 == .broken || $1 == .unknown) } || isAnyLeftOut
        let isAnyUnknown = truths.contains { $1 == .unknown }
        // Whoever failed got nothing, and neither did anybody else.
        let isInVain = hosts.values.contains(where: \.hasFailed) && !truths.contains { $0.wasTouched && $1.isNew }
        let isTrue =
            switch ending.verdict {
            case .complete: isComplete && ending.reason == nil
            case .completeWithDebt:
                (!isComplete || ending.isContractOwed || isRetiring || isAnyUnknown) && !areHandsNeeded
                    && ending.reason == nil
                    && !isInVain
            case .unchanged: !isAnyLeftChanged && ending.reason != nil
            case .mixed: isAnyLeftChanged
            }
        if !isTrue { violated(.truthfulEnding, "the verdict is \(ending.verdict)") }
    }

    private enum Truth {
        case runsNew, runsOld, runsBoth, broken, unknown

        var isNew: Bool { self == .runsNew || self == .runsBoth }
    }

    /// What the host itself said when it was last asked.
    private func truth(about host: Host) -> Truth {
        guard case .observed = host.answers[.inspect], let seen = host.seen else { return .unknown }
        let planned = host.planned
        let runsNew = seen.currentDigest == request.digest && seen.isInService
        let mayBeDown = planned.isSick || planned.current == nil
        let isOld = seen.current == planned.current && seen.currentDigest == planned.currentDigest
        let runsOld = isOld && (seen.isInService || mayBeDown)
        if runsNew && runsOld { return .runsBoth }
        return runsNew ? .runsNew : runsOld ? .runsOld : .broken
    }
}
