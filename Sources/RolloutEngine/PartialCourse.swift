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
    /// Hosts that get no requests all at once while the traffic is shared out, and those that are down beside them.
    private var aside: [[PlannedHost]] = []

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
        if count > changed.count, let allocation = course.lastAllocation, !outOfTraffic(allocation).isEmpty {
            throw PlanRefusal(
                "the canary would grow while some hosts get no requests at all",
                hint: "set a weight between 1 and 99 before it grows")
        }
        while changed.count < count, !composer.isEmpty {
            let batch = composer.next(count - changed.count)
            changed += batch
            course.change(batch)
        }
    }

    /// That percent of the traffic to the hosts that run the release; their part of the hosts where there is no
    /// balancer.
    mutating func shift(percent: Int, route: TrafficRoute.Match? = nil) throws(PlanRefusal) {
        let members = fleet.members(of: changed)
        guard let traffic = fleet.traffic, !members.isEmpty else { return }
        var allocation = TrafficAllocation.sharing(percent, to: members, among: traffic.initial.weights)
        allocation.route = route.map { TrafficRoute($0, to: members.sorted()) } ?? traffic.initial.route
        guard allocation.weights.values.contains(where: { $0 > 0 }) else {
            throw PlanRefusal(
                "with \(percent)% of the traffic to the only hosts there are, nobody would get any requests",
                hint: "give the release to fewer hosts, or more of the traffic")
        }
        aside.append(outOfTraffic(allocation))
        course.steps.append(.shiftTraffic(allocation))
        course.retreat = fleet.initial(without: members)
    }

    /// As before, the traffic to all alike; then the other hosts.
    mutating func finish(_ strategy: (Rolling) -> Strategy) throws(PlanRefusal) -> StrategyCourse {
        if let traffic = fleet.traffic, course.retreat != nil {
            // Hosts that joined the canary after the last shift leave the traffic with it.
            let retreat = fleet.initial(without: fleet.members(of: changed))
            course.retreat = retreat
            if let retreat { aside.append(outOfTraffic(retreat)) }
            if course.lastAllocation != traffic.initial { course.steps.append(.shiftTraffic(traffic.initial)) }
        }
        rest.appendBatches(from: &composer, total: fleet.hosts.count, to: &course)
        course.maximumParallel = rest.parallelism(of: course)
        let needs = PromiseNeeds(of: course, aside: aside)
        if rest.maximumUnavailable == nil, rest.minimumHealthy == nil {
            course.maximumUnavailable = max(course.maximumUnavailable, needs.aside)
        }
        try needs.refuse(course, rest, group: fleet.groupSize, strategy)
        return course
    }

    /// Who is out of service by this allocation; nobody where it takes the requests from nobody.
    private func outOfTraffic(_ allocation: TrafficAllocation) -> [PlannedHost] {
        let changed = Set(changed)
        var takesAny = false
        let out = fleet.hosts.filter { host in
            let getsNothing = fleet.members(of: [host.name]).allSatisfy { allocation.weights[$0, default: 0] == 0 }
            let isTaken = getsNothing && (fleet.takesTraffic(host.name) || changed.contains(host.name))
            takesAny = takesAny || isTaken
            return host.isOffline || host.isSick && !changed.contains(host.name) || isTaken
        }
        return takesAny ? out : []
    }
}

extension StrategyCourse {
    /// Of its steps, in order.
    var allocations: [TrafficAllocation] {
        steps.compactMap { if case .shiftTraffic(let allocation) = $0 { allocation } else { nil } }
    }

    var lastAllocation: TrafficAllocation? { allocations.last }
}
