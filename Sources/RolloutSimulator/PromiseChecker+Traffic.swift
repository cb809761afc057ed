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
        lastShift = allocation
        // Whom the steps or the retreat take out of the traffic is out of service until it gets some again.
        let initial = plan.traffic?.initial ?? allocation
        for host in hosts.values where host.isBalanced && host.batch != nil {
            let isAside = gives(initial, to: host) && !gives(allocation, to: host)
            hosts[host.planned.name]?.isAside = isAside
        }
        // On the way back, and in the last word, hosts that serve by now are as they are.
        guard !hasTurnedBack, !isClosing else { return }
        guard let target = plan.steps.lastIndex(where: { $0.target != nil }), let live = plan.steps[target].target,
            plan.hosts.contains(where: \.isIdle), allocation.weights == live.weights
        else { return }
        let before = plan.steps[..<target]
        if before.contains(.pause(nil)), !hasPromoted { violated(.gate, "the traffic is switched before a promotion") }
        // A person, or who wrote the policy, may take another verdict for good.
        let isBound = !hasPromoted && !plan.policy.onFailure.continues
        if before.contains(where: \.isAnalysis), passedAnalyses == 0, isBound {
            violated(.gate, "the traffic is switched before the analysis has passed")
        }
        for host in hosts.values where host.planned.isIdle && host.batch != nil {
            if changingMembers(of: host).contains(where: { allocation.weights[$0, default: 0] > 0 }),
                !host.hasSucceeded(.watch)
            {
                violated(.traffic, "\(host.planned.name) gets traffic, unproven")
            }
        }
    }

    mutating func check(_ hook: SchemaHook) {
        if finishedHooks.contains(hook) { violated(.schema, "\(hook) is run again") }
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

    /// A host starts after the schema is ready for it, in the hours for it, and past the gates before it.
    mutating func checkTurn(of host: Host, _ operation: HostOperation) {
        if operation == .revert {
            hasReverted = true
            return
        }
        if plan.steps.contains(where: { $0.isHook(.expand) }), !finishedHooks.contains(.expand) {
            violated(.schema, "\(host.planned.name) changes before the expand hook has succeeded")
        }
        if plan.policy.hasWindow, !isWindowOpen, !host.isBalanced, !isTakingUp {
            violated(.hours, "\(host.planned.name) is started outside the allowed hours")
        }
        guard let step = plan.steps.firstIndex(of: .change(batch: host.batch ?? 0)) else { return }
        if plan.steps[..<step].contains(.pause(nil)), !hasPromoted {
            violated(.gate, "\(host.planned.name) changes before a promotion")
        }
    }

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
        guard let traffic = ending.traffic, let initial = plan.traffic?.initial else { return }
        let target = plan.steps.compactMap(\.target).last ?? initial
        let wanted =
            switch traffic {
            case .initial: initial
            case .target: target
            case .between, .unknown: nil as TrafficAllocation?
            }
        if case .unknown = traffic, ending.verdict != .mixed {
            violated(.truthfulEnding, "\(ending.verdict), though nobody knows what the balancers do")
        }
        guard let wanted else { return }
        for (index, allocation) in balancers.enumerated() where !hasForgotten.contains(index) {
            for (member, weight) in wanted.weights where allocation.weights[member] != weight {
                let host = hosts.values.first { $0.members.contains(member) }
                let isFine = host.map { $0.isOutOfTraffic || $0.planned.isIdle && !$0.hasRelease } ?? false
                if !isFine || allocation.weights[member] != 0 {
                    violated(.truthfulEnding, "balancer \(index) gives \(member) \(allocation.weights[member] ?? 0)")
                }
            }
        }
    }
}

extension FailureResponse {
    fileprivate var continues: Bool {
        switch self {
        case .continue: true
        case .rollback, .pause: false
        case .ask(_, let then): then.continues
        }
    }

    var asks: Bool { if case .ask = self { true } else { false } }
}

extension PlanStep {
    fileprivate var target: TrafficAllocation? { if case .shiftTraffic(let target) = self { target } else { nil } }

    fileprivate var isAnalysis: Bool { if case .analyse = self { true } else { false } }

    fileprivate func isHook(_ hook: SchemaHook) -> Bool {
        if case .runSchemaHook(hook, _) = self { true } else { false }
    }
}
