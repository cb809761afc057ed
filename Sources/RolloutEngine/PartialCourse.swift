import FleetModel

/// A course in the making that brings the release to a part of the hosts, shares out the traffic between them and the
/// others, and then does the rest: what canary and a/b have in common.
struct PartialCourse {
    var course: StrategyCourse
    private let fleet: PlanningFleet
    private let rest: Rolling
    private var composer: BatchComposer
    /// The hosts that are to run the release so far.
    private(set) var changed: [HostName] = []
    /// How many have to be allowed out of service: whoever gets no requests while the traffic is shared out is.
    private var neededUnavailable = 0

    init(on fleet: PlanningFleet, rest: Rolling) throws(PlanRefusal) {
        self.fleet = fleet
        self.rest = rest
        let hosts = rest.order(fleet.hosts)
        let changing = fleet.changing(hosts)
        try fleet.refuseStrangers(among: changing)
        composer = BatchComposer(changing, keeping: rest.domains)
        course = StrategyCourse(
            hosts: hosts, maximumParallel: 1, maximumUnavailable: rest.maximumUnavailable(of: fleet.groupSize),
            domains: rest.domains)
    }

    var hasHosts: Bool { !composer.isEmpty || !changed.isEmpty }

    /// So many hosts run the release from here on, as far as there are any.
    mutating func grow(to share: Share) throws(PlanRefusal) {
        let count = share.batchSize(of: fleet.hosts.count)
        guard count >= changed.count else {
            throw PlanRefusal(
                "a canary of \(share) after one of \(changed.count) hosts would take the release from hosts again",
                hint: "let the sizes grow from step to step")
        }
        while changed.count < count, !composer.isEmpty {
            let batch = composer.next(count - changed.count)
            if let allocation = course.lastAllocation {
                neededUnavailable = max(neededUnavailable, outOfTraffic(allocation) + 1)
            }
            changed += batch
            course.change(batch)
        }
    }

    /// That percent of the traffic to the hosts that run the release; their part of the hosts where there is no
    /// balancer.
    mutating func shift(percent: Int, route: TrafficRoute.Match? = nil) {
        let members = fleet.members(of: changed)
        guard let traffic = fleet.traffic, !members.isEmpty else { return }
        var allocation = TrafficAllocation.sharing(percent, to: members, among: traffic.initial.weights)
        allocation.route = route.map { TrafficRoute($0, to: members.sorted()) } ?? traffic.initial.route
        neededUnavailable = max(neededUnavailable, outOfTraffic(allocation))
        course.steps.append(.shiftTraffic(allocation))
        course.retreat = fleet.initial(without: members)
    }

    /// As before, the traffic to all alike; then the other hosts.
    mutating func finish(_ strategy: (Rolling) -> Strategy) throws(PlanRefusal) -> StrategyCourse {
        if let traffic = fleet.traffic, course.retreat != nil {
            // Hosts that joined the canary after the last shift leave the traffic with it.
            let retreat = fleet.initial(without: fleet.members(of: changed))
            course.retreat = retreat
            neededUnavailable = max(neededUnavailable, retreat.map(outOfTraffic) ?? 0)
            if course.lastAllocation != traffic.initial { course.steps.append(.shiftTraffic(traffic.initial)) }
        }
        try keepCapacity(strategy)
        rest.appendBatches(from: &composer, total: fleet.hosts.count, to: &course)
        course.maximumParallel = rest.parallelism(of: course)
        try PromiseNeeds(of: course).refuse(course, rest, group: fleet.groupSize, strategy)
        return course
    }

    /// With the traffic taken from the release at once, too.
    private mutating func keepCapacity(_ strategy: (Rolling) -> Strategy) throws(PlanRefusal) {
        let needed = neededUnavailable
        guard needed > course.maximumUnavailable else { return }
        guard rest.maximumUnavailable != nil || rest.minimumHealthy != nil else {
            course.maximumUnavailable = needed
            return
        }
        var nearest = rest
        nearest.allow(needed, of: fleet.groupSize)
        throw PlanRefusal(
            "up to \(needed) of \(fleet.groupSize) hosts would get no requests, the \(changed.count) with the release "
                + "if it fails among them, and \(course.maximumUnavailable) may be out of service",
            hint: "'max_unavailable: \(needed)' works for this fleet; or give the release to fewer hosts first",
            nearest: strategy(nearest))
    }

    private func outOfTraffic(_ allocation: TrafficAllocation) -> Int {
        let changed = Set(changed)
        return fleet.hosts.count { host in
            let getsNothing = fleet.members(of: [host.name]).allSatisfy { allocation.weights[$0, default: 0] == 0 }
            return host.isOffline || host.isSick && !changed.contains(host.name)
                || getsNothing && (fleet.takesTraffic(host.name) || changed.contains(host.name))
        }
    }
}

extension StrategyCourse {
    /// Of its steps, in order.
    var allocations: [TrafficAllocation] {
        steps.compactMap { if case .shiftTraffic(let allocation) = $0 { allocation } else { nil } }
    }

    var lastAllocation: TrafficAllocation? { allocations.last }
}
