import FleetModel
import RolloutEngine

// Traffic, schema, hours, gates and domains.

extension PromiseChecker {
    /// By what the balancers really do; one that forgot what it was told since is not the engine's fault.
    mutating func checkTraffic(of host: Host, during operation: HostOperation) {
        for (index, allocation) in balancers.enumerated() where !hasForgotten.contains(index) {
            for member in changingMembers(of: host) {
                let isRouted = allocation.route?.members.contains(member) == true
                if isRouted || allocation.weights[member, default: 0] > 0 {
                    violated(.traffic, "\(host.planned.name): \(operation) while balancer \(index) gives it requests")
                }
            }
        }
    }

    /// Of a host's two instances, the one that takes traffic at first does not change.
    private func changingMembers(of host: Host) -> [String] {
        guard host.planned.isIdle, let initial = plan.traffic?.initial else { return host.members }
        return host.members.filter { initial.weights[$0, default: 0] == 0 }
    }

    /// Spares that every balancer gives requests by now.
    var servingSpares: Int {
        guard plan.policy.surge > 0 else { return 0 }
        return hosts.values.count { host in
            host.planned.isIdle
                && balancers.indices.allSatisfy { hasForgotten.contains($0) || gives(balancers[$0], to: host) }
        }
    }

    private func gives(_ allocation: TrafficAllocation, to host: Host) -> Bool {
        host.members.contains { allocation.weights[$0, default: 0] > 0 }
    }

    mutating func balanced(_ index: Int, _ allocation: TrafficAllocation, isRestarted: Bool) {
        guard balancers.indices.contains(index) else { return }
        balancers[index] = allocation
        if isRestarted { hasForgotten.insert(index) } else if allocation == lastShift { hasForgotten.remove(index) }
    }

    /// A step of the plan that nobody has led past is not gone past.
    mutating func check(_ allocation: TrafficAllocation) {
        hasShifted = true
        shiftTries = allocation == lastShift ? shiftTries + 1 : 1
        (lastShift, isShifting) = (allocation, true)
        // Whom the steps or the retreat take out of the traffic is out of service until it gets some again.
        let initial = plan.traffic?.initial ?? allocation
        for host in hosts.values where host.isBalanced && host.batch != nil {
            let isAside = gives(initial, to: host) && !gives(allocation, to: host)
            hosts[host.planned.name]?.isAside = isAside
        }
        // On the way back, and in the last word, hosts that serve by now are as they are.
        guard !hasTurnedBack, !isClosing, !leadsHome(allocation) else { return }
        guard let step = plan.steps.firstIndex(where: { $0.target.map { allocation.isPart(of: $0) } ?? false }) else {
            return violated(.traffic, "the traffic is shifted to what no step has")
        }
        if !isTakingUp {
            checkGates(before: step, of: "the traffic is shifted")
            checkRehearsal(before: step, of: "the traffic is shifted")
        }
        for host in hosts.values where host.planned.isIdle && host.batch != nil {
            if changingMembers(of: host).contains(where: { allocation.weights[$0, default: 0] > 0 }),
                !host.hasSucceeded(.watch)
            {
                violated(.traffic, "\(host.planned.name) gets traffic, unproven")
            }
        }
    }

    /// To what was found, or away from every changed host.
    private func leadsHome(_ allocation: TrafficAllocation) -> Bool {
        [plan.traffic?.initial, plan.traffic?.retreat].contains { $0.map(allocation.isPart) ?? false }
    }

    mutating func check(_ hook: SchemaHook) {
        if finishedHooks.contains(hook) { violated(.schema, "\(hook) is run again") }
        checkHours(of: "\(hook)", isRepeated: beganHook == hook)
        defer { beganHook = hook }
        guard hook == .contract else { return }
        isContracting = true
        // What a coordinator that is gone may have begun is asked about.
        if hasTurnedBack, !isTakingUp, beganHook != hook { violated(.schema, "contract on the way back") }
        let isBehind = hosts.values.contains { host in
            host.planned.isOffline || host.batch != nil && !host.hasSucceeded(.watch)
        }
        if isBehind { violated(.schema, "contract before every host runs the release") }
    }

    /// What was begun before is asked about at any hour.
    mutating func checkHours(of what: String, isRepeated: Bool) {
        if plan.policy.hasWindow, !isWindowOpen, !isRepeated, !isTakingUp {
            violated(.hours, "\(what) outside the allowed hours")
        }
    }

    /// A host starts after the schema is ready for it, and past the gates before it; it goes back after the traffic.
    mutating func checkTurn(of host: Host, _ operation: HostOperation) {
        let name = host.planned.name
        guard operation == .activate else { return checkReturn(of: host) }
        if plan.steps.contains(where: { $0.isHook(.expand) }), !finishedHooks.contains(.expand) {
            violated(.schema, "\(name) changes before the expand hook has succeeded")
        }
        guard let step = plan.steps.firstIndex(of: .change(batch: host.batch ?? 0)) else { return }
        checkGates(before: step, of: "\(name) changes")
        checkRehearsal(before: step, of: "\(name) changes")
    }

    /// Traffic first: a host that was healthy goes back when every balancer has been told to leave it alone.
    private mutating func checkReturn(of host: Host) {
        let name = host.planned.name
        if !plan.policy.isReversible { violated(.reversal, "\(name) goes back from a release that has no way back") }
        guard host.hasSucceeded(.watch), !host.hasFailed, !isRehearsed(host.batch) else { return }
        hasTurnedBack = true
        guard plan.traffic?.retreat != nil, let lastShift else { return }
        // A crash may have swallowed a try.
        let isGivenUpEarly = shiftTries > 0 && shiftTries < Self.expectedShiftTries && !hasCrashed
        if isShifting || !leadsHome(lastShift) || isGivenUpEarly {
            violated(.retreat, "\(name) goes back before its traffic")
        }
    }

    /// A balancer that does not answer is asked so often before hosts go back without it.
    private static var expectedShiftTries: Int { 3 }

    mutating func checkDomains(taking host: Host) {
        if let problem = domainProblem(taking: host) { violated(.domains, problem) }
    }

    func domainProblem(taking host: Host) -> String? {
        for promise in plan.policy.domains {
            guard let value = host.planned.domains[promise.label] else { continue }
            let out = hosts.values.filter { $0.isOutOfService || $0.planned.name == host.planned.name }
            let values = out.compactMap { $0.planned.domains[promise.label] }
            if let maximum = promise.maximumUnavailable, values.count(where: { $0 == value }) > maximum {
                return "\(host.planned.name): more than \(maximum) hosts of \(value) are out of service"
            }
            if let maximum = promise.maximumDomains, Set(values).count > maximum {
                return "\(host.planned.name): more than \(maximum) values of \(promise.label) are affected"
            }
        }
        return nil
    }

    /// What the balancers do in the end is what is said of them.
    mutating func checkTraffic(in ending: Ending) {
        guard let initial = plan.traffic?.initial else { return }
        let target = plan.steps.compactMap(\.target).last ?? initial
        let wanted: TrafficAllocation?
        switch ending.traffic {
        case .initial, nil: wanted = initial
        case .target: wanted = target
        case .between, .unknown: wanted = nil
        }
        if case .unknown = ending.traffic, ending.verdict != .mixed {
            violated(.truthfulEnding, "\(ending.verdict), though nobody knows what the balancers do")
        }
        if ending.verdict == .complete, ending.reason == nil, wanted != target, hasShifted {
            violated(.allocation, "complete, and the traffic is not where the plan has it")
        }
        if ending.verdict == .unchanged, wanted != initial {
            violated(.allocation, "unchanged, and the traffic is not as it was")
        }
        if let wanted { checkBalancers(have: wanted) }
    }

    /// Members that can't serve get nothing; every other one what is meant for it, the idle side's too.
    private mutating func checkBalancers(have wanted: TrafficAllocation) {
        for (index, allocation) in balancers.enumerated() where !hasForgotten.contains(index) {
            for (member, weight) in wanted.weights where allocation.weights[member] != weight {
                let host = hosts.values.first { $0.members.contains(member) }
                let isSilent = host.map { host in
                    host.isOutOfTraffic
                        || !host.hasRelease && host.planned.isIdle
                            && changingMembers(of: host).contains(member)
                }
                if isSilent != true || allocation.weights[member] != 0 {
                    violated(.allocation, "balancer \(index) gives \(member) \(allocation.weights[member] ?? 0)")
                }
            }
            if let route = allocation.route, route.match != wanted.route?.match {
                violated(.allocation, "balancer \(index) still leads \(route.match) elsewhere")
            }
        }
    }
}

extension TrafficAllocation {
    /// The same, except that some members get nothing.
    fileprivate func isPart(of whole: Self) -> Bool {
        let isRouteFine = route.map { route in
            route.match == whole.route?.match && Set(route.members).isSubset(of: whole.route?.members ?? [])
        }
        return isRouteFine ?? true
            && weights.allSatisfy { $0.value == 0 || $0.value == whole.weights[$0.key, default: 0] }
    }
}

extension PlanStep {
    fileprivate var target: TrafficAllocation? { if case .shiftTraffic(let target) = self { target } else { nil } }

    fileprivate func isHook(_ hook: SchemaHook) -> Bool {
        if case .runSchemaHook(hook, _) = self { true } else { false }
    }
}
