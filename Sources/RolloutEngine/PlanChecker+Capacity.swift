import FleetModel

// How many hosts are out of service at worst, at each step and on the way back from it.

extension PlanChecker {
    /// Spares take traffic, so that as many more may be out.
    private func countAllowedOut() -> Int {
        let idle = plan.hosts.lazy.filter { $0.isIdle && !$0.isOffline }
        let isHelping = plan.policy.surge > 0 && idle.allSatisfy { getsRequests($0.name) }
        return plan.policy.maximumUnavailable + (isHelping ? plan.policy.surge : 0)
    }

    mutating func leave(_ host: PlannedHost) {
        guard !host.isIdle, out.insert(host.name).inserted else { return }
        count(host, by: 1)
    }

    mutating func comeBack(_ host: PlannedHost) {
        guard out.remove(host.name) != nil else { return }
        count(host, by: -1)
    }

    private mutating func count(_ host: PlannedHost, by step: Int) {
        for (index, promise) in plan.policy.domains.enumerated() {
            guard let value = host.domains[promise.label] else { continue }
            let count = outByDomain[index][value, default: 0] + step
            outByDomain[index][value] = count == 0 ? nil : count
        }
    }

    /// Every host of the batch must have its turn once all the others of the batch are well.
    mutating func change(_ batch: [HostName]) {
        let batch = batch.compactMap { hosts[$0] }
        checkDomains(of: batch.filter { !out.contains($0.name) && !$0.isIdle })
        let allowedOut = countAllowedOut()
        let healthy = batch.filter { !out.contains($0.name) && !$0.isIdle }
        // What was out of service before costs nothing, and its turn comes first.
        for host in batch where isUpWith(host) { comeBack(host) }
        for host in healthy {
            let wasOut = out.contains(host.name)
            leave(host)
            if out.count > allowedOut {
                violated("\(host.name) would be number \(out.count) out of service, \(allowedOut) are allowed")
            }
            for (index, promise) in plan.policy.domains.enumerated() {
                guard let value = host.domains[promise.label] else { continue }
                if let maximum = promise.maximumDomains, outByDomain[index].count > maximum {
                    violated("\(host.name) would be in \(promise.label) number \(outByDomain[index].count) that is hit")
                }
                if let maximum = promise.maximumUnavailable, outByDomain[index][value, default: 0] > maximum {
                    violated("\(host.name) would be one too many of \(promise.label) \(value)")
                }
            }
            if !wasOut { comeBack(host) }
        }
        updated.formUnion(batch.map(\.name))
    }

    /// A host that gets no requests stays out of service with any release.
    private func isUpWith(_ host: PlannedHost) -> Bool {
        plan.traffic == nil || members[host.name] == nil || initiallyGot(host.name) == getsRequests(host.name)
    }

    /// A batch as a whole needs no more than the promises allow; hosts that are out already come on top of that.
    private mutating func checkDomains(of batch: [PlannedHost]) {
        for promise in plan.policy.domains {
            let counts = batch.reduce(into: [String: Int]()) { counts, host in
                if let value = host.domains[promise.label] { counts[value, default: 0] += 1 }
            }
            if let maximum = promise.maximumDomains, counts.count > maximum {
                violated("the batch has hosts of \(counts.count) values of \(promise.label), \(maximum) are promised")
            }
            if let maximum = promise.maximumUnavailable, let most = counts.values.max(), most > maximum {
                violated("the batch has \(most) hosts of one \(promise.label), \(maximum) are promised")
            }
        }
    }

    /// A rehearsed way back keeps the same promises; hosts that were sick are so again.
    mutating func restore(_ batch: [HostName]) {
        for name in batch {
            guard let host = hosts[name] else { continue }
            updated.remove(name)
            if host.isSick { leave(host) }
        }
    }

    /// What gets no requests any more by this allocation is out of service, beside what is down anyway.
    mutating func checkCapacity(of next: TrafficAllocation, _ what: String) {
        guard plan.strategy != .blueGreen else { return checkBothSides(next, what) }
        let taken = plan.hosts.filter { !$0.isIdle && initiallyGot($0.name) && !gets($0.name, by: next) }
        guard !taken.isEmpty else { return }
        let isDown = { (host: PlannedHost) in
            !host.isIdle && (host.isOffline || host.isSick && !updated.contains(host.name))
        }
        let all = Set(taken.map(\.name) + plan.hosts.filter(isDown).map(\.name))
        if all.count > plan.policy.maximumUnavailable {
            violated("\(what) leaves \(all.count) out of service, \(plan.policy.maximumUnavailable) are allowed")
        }
        for promise in plan.policy.domains {
            var counts: [String: Int] = [:]
            for name in all {
                if let value = hosts[name]?.domains[promise.label] { counts[value, default: 0] += 1 }
            }
            let isTooWide = promise.maximumDomains.map { counts.count > $0 } ?? false
            let isTooDeep = promise.maximumUnavailable.map { (counts.values.max() ?? 0) > $0 } ?? false
            if isTooWide || isTooDeep { violated("\(what) breaks the promise about \(promise.label)") }
        }
    }

    /// Three quarters of the servers, or all but one, on whichever side.
    private mutating func checkBothSides(_ next: TrafficAllocation, _ what: String) {
        let before = plan.traffic?.initial.weights.values.count { $0 > 0 } ?? 0
        let after = next.weights.values.count { $0 > 0 }
        if after * 4 < before * 3, before - after > 1 { violated("\(what) leaves \(after) of \(before) servers") }
    }
}
