import FleetModel

// Who gets requests, and whether they may.

extension PlanChecker {
    func gets(_ host: HostName, by allocation: TrafficAllocation) -> Bool {
        (members[host] ?? []).contains { allocation.weights[$0.name, default: 0] > 0 }
    }

    func getsRequests(_ host: HostName) -> Bool { allocation.map { gets(host, by: $0) } ?? false }

    func initiallyGot(_ host: HostName) -> Bool { plan.traffic.map { gets(host, by: $0.initial) } ?? true }

    mutating func checkTrafficPlan() {
        guard let traffic = plan.traffic else { return }
        if Set(traffic.members.map(\.name)).count != traffic.members.count { violated("a member is listed twice") }
        checkForm(of: traffic.initial)
        if let retreat = traffic.retreat { checkForm(of: retreat) }
        for name in plan.changedHosts where members[name] == nil { violated("\(name) is behind no balancer") }
    }

    private mutating func checkForm(of allocation: TrafficAllocation) {
        let known = Set(plan.traffic?.members.map(\.name) ?? [])
        for (name, weight) in allocation.weights {
            if !known.contains(name) { violated("'\(name)' gets a weight and is no member") }
            if !(0...TrafficAllocation.maximumWeight).contains(weight) {
                violated("'\(name)' gets the weight \(weight)")
            }
        }
        guard let route = allocation.route else { return }
        if route.members.isEmpty { violated("a route leads to nobody") }
        for name in route.members where !known.contains(name) { violated("a route leads to '\(name)', no member") }
    }

    mutating func shift(to next: TrafficAllocation) {
        guard let traffic = plan.traffic else { return violated("traffic is shifted, and there are no balancers") }
        checkForm(of: next)
        if traffic.initial.weights.values.contains(where: { $0 > 0 }), !next.weights.values.contains(where: { $0 > 0 })
        {
            violated("nobody gets any requests")
        }
        for member in traffic.members where isNewlyServing(member, by: next) && !updated.contains(member.host) {
            violated("'\(member.name)' gets requests before its host has the release")
        }
        checkCapacity(of: next, "the shift")
        allocation = next
        countAsOut()
        checkRetreat()
    }

    /// It got nothing in the beginning: an idle instance, or a spare.
    private func isNewlyServing(_ member: TrafficMember, by next: TrafficAllocation) -> Bool {
        guard hosts[member.host]?.isIdle == true, plan.traffic?.initial.weights[member.name, default: 0] == 0 else {
            return false
        }
        return next.weights[member.name, default: 0] > 0 || next.route?.members.contains(member.name) == true
    }

    /// Hosts whose requests the steps have taken away are out of service until they get some again.
    private mutating func countAsOut() {
        guard plan.strategy != .blueGreen, plan.traffic != nil else { return }
        for host in plan.hosts where !host.isIdle {
            let isDown = host.isOffline || host.isSick && !updated.contains(host.name)
            if isDown || initiallyGot(host.name) && !getsRequests(host.name) { leave(host) } else { comeBack(host) }
        }
    }

    /// An abort, from here or from any step up to the next shift, first takes all traffic from what has changed.
    private mutating func checkRetreat() {
        guard let traffic = plan.traffic, allocation != traffic.initial else { return }
        guard let retreat = traffic.retreat else {
            if plan.policy.surge == 0 { violated("the traffic is shared out, and nothing says how it goes back") }
            return
        }
        checkCapacity(of: retreat, "a retreat")
        let changed = Set(plan.batches.indices.filter { isChanged[$0] }.flatMap { plan.batches[$0] })
        for member in traffic.members where changed.contains(member.host) {
            let isOldInstance =
                hosts[member.host]?.isIdle == true && traffic.initial.weights[member.name, default: 0] > 0
            let isServed = retreat.weights[member.name, default: 0] > 0
            if isServed && !isOldInstance || retreat.route?.members.contains(member.name) == true {
                violated("on a retreat '\(member.name)' still gets requests")
            }
        }
    }

    mutating func retire(_ names: [HostName]) {
        guard let traffic = plan.traffic, let allocation else { return violated("hosts retire without balancers") }
        for name in names {
            guard let host = hosts[name] else { return violated("\(name) retires and is not selected") }
            if host.isOffline { violated("\(name) retires and can't be reached") }
            let before = (members[name] ?? []).filter { traffic.initial.weights[$0.name, default: 0] > 0 }
            if before.isEmpty && !host.isIdle && initiallyGot(name) { violated("\(name) retires and took no traffic") }
            let now = before.filter { allocation.weights[$0.name, default: 0] > 0 }
            let isRouted = before.contains { allocation.route?.members.contains($0.name) == true }
            if !now.isEmpty || isRouted { violated("\(name) retires while it gets requests") }
        }
        if allocation == traffic.initial { violated("hosts retire before the switch") }
        retired.formUnion(names)
    }

    /// Only blue-green leaves the traffic elsewhere than it was.
    mutating func checkFinalTraffic() {
        guard let traffic = plan.traffic, plan.strategy != .blueGreen, allocation != traffic.initial else { return }
        violated("the traffic does not go back to what it was")
    }
}
