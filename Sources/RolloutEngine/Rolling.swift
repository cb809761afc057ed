import FleetModel

/// Batch by batch: the next begins when the last has passed.
public struct Rolling: Hashable, Sendable {
    /// Hosts per batch, as Ansible's `serial`: percent of all selected hosts, rounded down, at least 1; the last
    /// repeats. A batch is smaller where `domains` allow no more hosts at once.
    public var stages: [Share]
    /// Of a batch, how many hosts may be started and not yet healthy; nil means the whole batch.
    public var maximumParallel: Int?
    /// Of the whole group, how many may be out of service; nil means 25 %, and at least one host of a small fleet.
    public var maximumUnavailable: Share?
    /// Of the whole group, how many must stay in service; nil means that only `maximumUnavailable` counts.
    public var minimumHealthy: Share?
    /// What is promised of racks, power feeds and quorum sets beside.
    public var domains: [DomainPromise]
    public var order: HostOrder
    /// Between a batch that has passed and the next.
    public var pauseBetween: Duration
    /// Hosts that take no traffic as a rule: they get the release and traffic first, so that as many more of the others
    /// may be out, and leave the traffic at the end.
    public var spares: [HostName]

    public init(
        stages: [Share] = [.count(1), .percent(25)], maximumParallel: Int? = nil,
        maximumUnavailable: Share? = nil, minimumHealthy: Share? = nil, domains: [DomainPromise] = [],
        order: HostOrder = .unhealthyFirst, pauseBetween: Duration = .zero, spares: [HostName] = []
    ) {
        self.stages = stages
        self.maximumParallel = maximumParallel
        self.maximumUnavailable = maximumUnavailable
        self.minimumHealthy = minimumHealthy
        self.domains = domains
        self.order = order
        self.pauseBetween = pauseBetween
        self.spares = spares
    }

    func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        try refuseWorkingSpares(on: fleet)
        let spares = Set(spares)
        let hosts = order(fleet.hosts).map { host in
            var host = host
            host.isIdle = spares.contains(host.name)
            return host
        }
        let idle = hosts.filter(\.isIdle)
        let serving = hosts.filter { !$0.isIdle }
        let changing = fleet.changing(serving)
        try fleet.refuseStrangers(among: changing)
        let group = fleet.groupSize - idle.count
        var course = StrategyCourse(
            hosts: idle + serving, maximumParallel: 1, maximumUnavailable: maximumUnavailable(of: group),
            domains: domains)
        let hasJoined = joinSpares(idle.filter { !$0.isOffline }, isNeeded: !changing.isEmpty, &course, fleet)
        appendBatches(of: changing, total: serving.count, to: &course)
        if hasJoined, let initial = fleet.traffic?.initial { course.steps.append(.shiftTraffic(initial)) }
        course.maximumParallel = parallelism(of: course)
        try PromiseNeeds(of: course).refuse(course, self, group: group) { .rolling($0) }
        return course
    }

    func parallelism(of course: StrategyCourse) -> Int {
        max(1, maximumParallel ?? course.batches.map(\.count).max() ?? 1)
    }

    /// Of a group of that size: the stricter of the two promises.
    func maximumUnavailable(of group: Int) -> Int {
        let healthy = minimumHealthy.map { group - $0.floor(of: group) } ?? group
        return min(maximumUnavailable?.ceiling(of: group) ?? max(1, Share.percent(25).ceiling(of: group)), healthy)
    }

    /// The batches of these hosts, with pauses between them; `total` is what percentages are of.
    func appendBatches(of changing: [PlannedHost], total: Int, to course: inout StrategyCourse) {
        var composer = BatchComposer(changing, keeping: domains)
        appendBatches(from: &composer, total: total, to: &course)
    }

    func appendBatches(from composer: inout BatchComposer, total: Int, to course: inout StrategyCourse) {
        var number = 0
        while !composer.isEmpty {
            if pauseBetween > .zero, !course.batches.isEmpty { course.steps.append(.pause(pauseBetween)) }
            let stage = stages.isEmpty ? Share.percent(100) : stages[min(number, stages.count - 1)]
            course.change(composer.next(stage.batchSize(of: total)))
            number += 1
        }
    }

    // MARK: - Spares

    /// True where the spares have joined the traffic, so that they have to leave it again.
    private func joinSpares(
        _ spares: [PlannedHost], isNeeded: Bool, _ course: inout StrategyCourse, _ fleet: PlanningFleet
    ) -> Bool {
        course.change(fleet.changing(spares).map(\.name))
        guard isNeeded, !spares.isEmpty, let traffic = fleet.traffic else { return false }
        let weight = traffic.initial.weights.values.max() ?? 0
        let joining = fleet.members(of: spares.map(\.name)).map { ($0, max(1, weight)) }
        var allocation = traffic.initial
        allocation.weights.merge(joining) { _, new in new }
        course.steps.append(.shiftTraffic(allocation))
        course.surge = spares.count
        return true
    }

    private func refuseWorkingSpares(on fleet: PlanningFleet) throws(PlanRefusal) {
        guard !spares.isEmpty else { return }
        guard fleet.traffic != nil else {
            throw PlanRefusal("'surge' needs balancers to bring the spares into the traffic", hint: "add 'traffic:'")
        }
        let selected = Set(fleet.hosts.map(\.name))
        let unknown = spares.filter { fleet.members(of: [$0]).isEmpty || !selected.contains($0) }
        if let first = unknown.first {
            throw PlanRefusal(
                "the spare \(first) is not among the selected hosts and the balancers' servers",
                hint: "select it with 'hosts', and add it on the balancers with weight 0")
        }
        if let busy = spares.first(where: fleet.takesTraffic) {
            throw PlanRefusal(
                "\(busy) is a spare and takes traffic already, so it can't stand in for others",
                hint: "give it weight 0 on the balancers, or take it out of the group of spares")
        }
    }
}
