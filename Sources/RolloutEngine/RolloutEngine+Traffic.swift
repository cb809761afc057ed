import FleetModel

// What the balancers are to do.

extension RolloutEngine {
    /// How often a shift is tried that a rollout can't end well without.
    private static let maximumShiftTries = 3

    /// How the traffic is to be shared out now; nil without balancers. Hosts that are being drained get nothing; one
    /// that is being admitted gets what is meant for it.
    public var allocation: TrafficAllocation? { traffic.map { withoutSilentMembers($0.wanted) } }

    /// Of ``allocation``, one member's.
    public func weight(of member: TrafficMember) -> Int {
        isSilent(member) ? 0 : traffic?.wanted.weights[member.name] ?? 0
    }

    mutating func shiftTraffic(to allocation: TrafficAllocation) {
        // A drain or an admission under way would work against it.
        let pending = progress.total.pending
        guard pending.all == pending.stages, beginStep() else { return }
        shift(to: allocation, for: .step)
    }

    mutating func shift(to allocation: TrafficAllocation, for purpose: TrafficState.Purpose) {
        guard traffic != nil else { return passStep() }
        let attempt = nextAttempt()
        traffic?.begin(attempt, allocation, for: purpose)
        let wanted = withoutSilentMembers(allocation)
        let spares = hosts.count { host in
            host.planned.isIdle && host.phase == .healthy && isServing(host.planned.name, in: wanted)
        }
        traffic?.servingSpares = spares
        actions.append(.shiftTraffic(wanted, attempt: attempt))
    }

    mutating func shiftFinished(_ attempt: Int, _ outcome: TrafficOutcome) {
        guard let (pending, purpose) = traffic?.pending, attempt == pending else { return }
        traffic?.pending = nil
        hasTurned = true
        switch outcome {
        case .succeeded:
            traffic?.succeeded()
            shifted(for: purpose)
        case .failed(let problem):
            traffic?.problem = problem
            shiftFailed(for: purpose, problem)
        }
    }

    private mutating func shifted(for purpose: TrafficState.Purpose) {
        switch purpose {
        case .step: if case .forward = course { passStep() }
        case .retreat: retreated()
        case .home, .closing: break
        }
    }

    private mutating func shiftFailed(for purpose: TrafficState.Purpose, _ problem: String) {
        if purpose != .step, let traffic, traffic.tries < Self.maximumShiftTries {
            return shift(to: traffic.wanted, for: purpose)
        }
        traffic?.tries = 0
        switch purpose {
        case .step: stepFailed(because: "the traffic could not be shifted: \(problem)")
        case .retreat: retreated()
        case .home: traffic?.hasFailedToComeHome = true
        case .closing: break
        }
    }

    /// What a coordinator that has gone was shifting; a step's shift is nothing to a rollout that has turned back.
    mutating func shiftAgain() {
        guard let (_, purpose) = traffic?.pending, let wanted = traffic?.wanted else { return }
        traffic?.pending = nil
        if purpose == .step, !isGoingForward { return }
        shift(to: wanted, for: purpose)
    }

    // MARK: The way back

    /// Traffic first: every host that the retreat leaves out is out of service from here until it is admitted again.
    mutating func retreat() {
        // An admission under way would work against it.
        guard let retreat = plan.traffic?.retreat, progress.total.pending.admissions == 0 else { return }
        for host in hosts where host.isBalanced && isServing(host.planned.name, in: plan.traffic?.initial) {
            guard !isServing(host.planned.name, in: retreat) else { continue }
            progress.update(host.planned.name) { $0.isWithdrawn = true }
        }
        shift(to: retreat, for: .retreat)
    }

    /// Hosts are admitted by what was found at first, from here on.
    private mutating func retreated() {
        traffic?.isRetreatDue = false
        if let initial = plan.traffic?.initial, traffic?.isVerified == true { traffic?.wanted = initial }
    }

    /// The idle side gets no request, and every balancer was read back on that.
    var isIdleSideQuiet: Bool {
        traffic.map { $0.isVerified && $0.pending == nil && $0.wanted == plan.traffic?.initial } ?? true
    }

    // MARK: Members

    private func isServing(_ name: HostName, in allocation: TrafficAllocation?) -> Bool {
        guard let allocation, let traffic else { return false }
        return traffic.members[name, default: []].contains { member in
            allocation.weights[member.name, default: 0] > 0 || allocation.route?.members.contains(member.name) == true
        }
    }

    private func withoutSilentMembers(_ allocation: TrafficAllocation) -> TrafficAllocation {
        let silent = Set(plan.traffic?.members.filter(isSilent).map(\.name) ?? [])
        guard !silent.isEmpty else { return allocation }
        var remaining = allocation
        for member in silent where remaining.weights[member] != nil { remaining.weights[member] = 0 }
        remaining.route?.members.removeAll(where: silent.contains)
        if remaining.route?.members.isEmpty == true { remaining.route = nil }
        return remaining
    }

    /// Whatever it is meant to get, it can't serve now.
    private func isSilent(_ member: TrafficMember) -> Bool {
        guard let host = progress[member.host] else { return false }
        guard host.planned.isIdle else { return host.isWithdrawn && host.pending != .admit }
        // Of a host's two instances, the one that serves at first is not what changes.
        let isIdleInstance = (plan.traffic?.initial.weights[member.name] ?? 0) == 0
        return isIdleInstance && host.batch != nil && host.phase != .healthy
    }
}
