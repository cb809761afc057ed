import FleetModel

/// How many hosts and domains have to be allowed out of service at once so that every host of a plan has its turn.
///
/// A host that is well goes out of service when its turn comes, beside those that can't be reached and those that are
/// sick and have their turn later. Less than that can't work; with that much it does, host by host.
struct PromiseNeeds {
    /// Of all hosts.
    private(set) var unavailable = 0
    /// One for each promise of the course, in its terms.
    private(set) var domains: [DomainPromise]
    private(set) var offlineCount: Int
    /// Of all hosts, those that get no requests at once, and those that are down beside them.
    private(set) var aside = 0

    private var outCount = 0
    /// One for each promise: by value, how many hosts are out of service.
    private var out: [[String: Int]]

    /// `aside`: sets of hosts of which each is out of service as a whole.
    init(of course: StrategyCourse, aside: [[PlannedHost]] = []) {
        domains = course.domains.map { DomainPromise(label: $0.label, maximumDomains: 0, maximumUnavailable: 0) }
        out = course.domains.map { _ in [:] }
        let serving = course.hosts.filter { !$0.isIdle }
        offlineCount = serving.count(where: \.isOffline)
        for host in serving where host.isSick || host.isOffline { count(host, by: 1) }
        let hosts = Dictionary(serving.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for batch in course.batches {
            let batch = batch.compactMap { hosts[$0] }
            for host in batch where host.isSick { count(host, by: -1) }
            for host in batch where !host.isSick { need(host) }
        }
        for hosts in aside { need(atOnce: hosts) }
    }

    private mutating func need(atOnce hosts: [PlannedHost]) {
        aside = max(aside, hosts.count)
        unavailable = max(unavailable, hosts.count)
        for index in domains.indices {
            let values = hosts.compactMap { $0.domains[domains[index].label] }
            let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
            domains[index].maximumDomains = max(domains[index].maximumDomains ?? 0, counts.count)
            domains[index].maximumUnavailable = max(domains[index].maximumUnavailable ?? 0, counts.values.max() ?? 0)
        }
    }

    private mutating func count(_ host: PlannedHost, by step: Int) {
        outCount += step
        for index in domains.indices {
            guard let value = host.domains[domains[index].label] else { continue }
            let count = out[index][value, default: 0] + step
            out[index][value] = count > 0 ? count : nil
        }
    }

    private mutating func need(_ host: PlannedHost) {
        unavailable = max(unavailable, outCount + 1)
        for index in domains.indices {
            guard let value = host.domains[domains[index].label] else { continue }
            let count = out[index][value]
            let needed = out[index].count + (count == nil ? 1 : 0)
            domains[index].maximumDomains = max(domains[index].maximumDomains ?? 0, needed)
            domains[index].maximumUnavailable = max(domains[index].maximumUnavailable ?? 0, (count ?? 0) + 1)
        }
    }
}

// MARK: - Refusing

extension PromiseNeeds {
    /// Refuses a course of which a host could never have its turn, with the policy nearest to `rolling` that works.
    func refuse(
        _ course: StrategyCourse, _ rolling: Rolling, group: Int, _ strategy: (Rolling) -> Strategy
    ) throws(PlanRefusal) {
        let lacking = domains.indices.filter { isLacking(course.domains[$0], domains[$0]) }
        guard unavailable > course.maximumUnavailable || !lacking.isEmpty else { return }
        var nearest = rolling
        var remedies: [String] = []
        if unavailable > course.maximumUnavailable {
            nearest.allow(unavailable, of: group)
            remedies.append("'max_unavailable: \(unavailable)'")
            if let healthy = nearest.minimumHealthy, healthy != rolling.minimumHealthy {
                remedies.append("'min_healthy: \(healthy)'")
            }
        }
        for index in lacking { remedies.append(nearest.domains[index].raise(to: domains[index])) }
        var hint = remedies.joined(separator: " and ") + " work\(remedies.count == 1 ? "s" : "") for this fleet"
        if rolling.order != .unhealthyFirst, course.hosts.contains(where: { $0.isSick && !$0.isOffline }) {
            hint += "; or heal the sick hosts first, with 'order: unhealthy_first'"
        }
        if offlineCount > 0 { hint += "; or bring back the hosts that can't be reached" }
        throw PlanRefusal(problem(in: course, rolling, lacking.first, group), hint: hint, nearest: strategy(nearest))
    }

    private func isLacking(_ promise: DomainPromise, _ need: DomainPromise) -> Bool {
        promise.maximumDomains.map { $0 < need.maximumDomains ?? 0 } ?? false
            || promise.maximumUnavailable.map { $0 < need.maximumUnavailable ?? 0 } ?? false
    }

    private func problem(in course: StrategyCourse, _ rolling: Rolling, _ lacking: Int?, _ group: Int) -> String {
        let allowed = course.maximumUnavailable
        if let lacking, unavailable <= allowed {
            let label = course.domains[lacking].label
            return "more hosts would be out of service together than is promised about \(label)"
        }
        if allowed > 0, aside > allowed {
            return "\(aside) of \(group) hosts would get no requests at once, when the traffic is shared out or taken "
                + "from the release again, and \(allowed) may be out of service"
        }
        if allowed < 1 {
            let promises = [
                rolling.minimumHealthy.map { "min_healthy \($0)" },
                rolling.maximumUnavailable.map { "max_unavailable \($0)" },
            ]
            let promise = promises.compactMap(\.self).joined(separator: " and ")
            return "\(promise) of \(group) hosts lets no host out of service, so none can be updated"
        }
        if offlineCount >= allowed {
            return "\(allowed) of \(group) hosts may be out of service, and \(offlineCount) can't be reached, "
                + "so none can be updated"
        }
        return "\(allowed) of \(group) hosts may be out of service, and \(unavailable - 1) are when a healthy one "
            + "has its turn, so it can't be updated"
    }
}

extension Rolling {
    /// Lets so many of the group's hosts be out of service, by both promises.
    mutating func allow(_ unavailable: Int, of group: Int) {
        maximumUnavailable = .count(unavailable)
        if let healthy = minimumHealthy, group - healthy.floor(of: group) < unavailable {
            minimumHealthy = .count(max(0, group - unavailable))
        }
    }
}

extension DomainPromise {
    /// Raises what is too low, and says so in the specification's words.
    fileprivate mutating func raise(to need: Self) -> String {
        var words: [String] = []
        if let maximum = maximumDomains, let needed = need.maximumDomains, needed > maximum {
            maximumDomains = needed
            words.append("'max_domains: \(needed)' for \(label)")
        }
        if let maximum = maximumUnavailable, let needed = need.maximumUnavailable, needed > maximum {
            maximumUnavailable = needed
            words.append("'quorum: {max_unavailable: \(needed)}' for \(label)")
        }
        return words.joined(separator: " and ")
    }
}
