import FleetModel

/// Two whole sets of instances: the idle one gets the release and is verified, then takes all the traffic at once.
public struct BlueGreen: Hashable, Sendable {
    /// One of the two sets.
    public enum Color: String, Hashable, Sendable, Codable, CaseIterable {
        case blue, green

        public var other: Self { self == .blue ? .green : .blue }
    }

    /// What the two sets are made of.
    public enum Sides: Hashable, Sendable {
        case groups(blue: [HostName], green: [HostName])
        /// Two instances on each host, which listen on these ports.
        case instances(blue: UInt16, green: UInt16)
    }

    public var sides: Sides
    /// Before the switch, on the idle side.
    public var analyses: [AnalysisName]
    /// The balancers' preview address leads to the idle side while it is verified.
    public var hasPreview: Bool
    /// False: the switch waits until a person promotes.
    public var promotesItself: Bool
    /// While the old side still runs.
    public var analysesAfterSwitch: [AnalysisName]
    /// How long the old side goes on running after the switch; nil: it is not stopped.
    public var scaleDownDelay: Duration?

    public init(
        _ sides: Sides, analyses: [AnalysisName] = [], hasPreview: Bool = false, promotesItself: Bool = true,
        analysesAfterSwitch: [AnalysisName] = [], scaleDownDelay: Duration? = .seconds(30)
    ) {
        self.sides = sides
        self.analyses = analyses
        self.hasPreview = hasPreview
        self.promotesItself = promotesItself
        self.analysesAfterSwitch = analysesAfterSwitch
        self.scaleDownDelay = scaleDownDelay
    }

    /// The side that takes no traffic and gets the release; blue where neither takes any.
    /// - Throws: ``PlanRefusal`` where there are no balancers, or both sides take traffic.
    public func idleColor(in traffic: TrafficPlan?) throws(PlanRefusal) -> Color {
        guard let traffic else {
            throw PlanRefusal("blue-green switches the traffic and needs balancers", hint: "add 'traffic:'")
        }
        let active = Color.allCases.filter { color in
            members(of: color, in: traffic).contains { traffic.initial.weights[$0.name, default: 0] > 0 }
        }
        guard active.count < 2 else {
            throw PlanRefusal(
                "blue and green both take traffic, so neither is idle",
                hint: "give one side's servers weight 0 on the balancers, or list them as 'down' in nginx's file"
            )
        }
        return active.first?.other ?? .blue
    }

    func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        let color = try idleColor(in: fleet.traffic)
        guard let traffic = fleet.traffic else { preconditionFailure("the idle side of no traffic") }
        let hosts = try split(fleet.hosts, idle: color)
        try fleet.refuseStrangers(among: hosts.idle)
        let target = try target(color, hosts, traffic)
        var course = StrategyCourse(
            hosts: hosts.idle + hosts.active, maximumParallel: max(1, hosts.idle.count),
            maximumUnavailable: fleet.hosts.count)
        course.change(fleet.changing(HostOrder.unhealthyFirst(hosts.idle)).map(\.name))
        guard target != traffic.initial else { return course }
        course.retreat = traffic.initial
        appendVerification(target, traffic, to: &course)
        course.steps.append(.shiftTraffic(target))
        course.steps += analysesAfterSwitch.map { .analyse($0) }
        appendRetirement(of: hosts, color.other, traffic, to: &course)
        return course
    }

    // MARK: - Steps

    private func appendVerification(
        _ target: TrafficAllocation, _ traffic: TrafficPlan, to course: inout StrategyCourse
    ) {
        if hasPreview {
            var preview = traffic.initial
            preview.route = TrafficRoute(.preview, to: target.weights.filter { $0.value > 0 }.map(\.key).sorted())
            course.steps.append(.shiftTraffic(preview))
        }
        course.steps += analyses.map { .analyse($0) }
        if !promotesItself { course.steps.append(.pause(nil)) }
    }

    private func appendRetirement(
        of hosts: Split, _ old: Color, _ traffic: TrafficPlan, to course: inout StrategyCourse
    ) {
        guard let scaleDownDelay else { return }
        // On the first deployment nothing was there before.
        let hadTraffic = members(of: old, in: traffic).contains { traffic.initial.weights[$0.name, default: 0] > 0 }
        let leaving = (hosts.areInstances ? hosts.idle : hosts.active).filter { !$0.isOffline }.map(\.name)
        guard hadTraffic, !leaving.isEmpty else { return }
        if scaleDownDelay > .zero { course.steps.append(.pause(scaleDownDelay)) }
        course.steps.append(.retire(leaving))
    }

    /// All the traffic to that side, an instance as much as its host's other one had.
    private func target(
        _ color: Color, _ hosts: Split, _ traffic: TrafficPlan
    ) throws(PlanRefusal) -> TrafficAllocation {
        let old = members(of: color.other, in: traffic)
        let largest = old.map { traffic.initial.weights[$0.name, default: 0] }.max() ?? 0
        let usual = largest > 0 ? largest : TrafficAllocation.maximumWeight
        let offline = Set(hosts.idle.filter(\.isOffline).map(\.name))
        var target = TrafficAllocation(weights: traffic.initial.weights.mapValues { _ in 0 })
        let twins = Dictionary(old.map { ($0.host, $0) }, uniquingKeysWith: { first, _ in first })
        for member in members(of: color, in: traffic) where !offline.contains(member.host) {
            // On the first deployment nobody has had a share.
            let twin = largest > 0 ? twins[member.host] : nil
            target.weights[member.name] = twin.map { traffic.initial.weights[$0.name, default: 0] } ?? usual
        }
        let before = traffic.initial.weights.values.count { $0 > 0 }
        let after = target.weights.values.count { $0 > 0 }
        guard after > 0, after >= before - max(1, Share.percent(25).ceiling(of: before)) else {
            throw PlanRefusal(
                "\(color) has \(after) servers within reach to take over from \(old.isEmpty ? 0 : before) of "
                    + "\(color.other)",
                hint: "at least three quarters are needed: add hosts to \(color), or bring back those out of reach")
        }
        return target
    }

    // MARK: - Sides

    private struct Split {
        var idle: [PlannedHost]
        var active: [PlannedHost]
        var areInstances: Bool
    }

    private func split(_ hosts: [PlannedHost], idle color: Color) throws(PlanRefusal) -> Split {
        guard case .groups(let blue, let green) = sides else {
            return Split(idle: hosts.map { $0.idle() }, active: [], areInstances: true)
        }
        let idle = Set(color == .blue ? blue : green)
        let active = Set(color == .blue ? green : blue)
        if let both = hosts.first(where: { idle.contains($0.name) && active.contains($0.name) }) {
            throw PlanRefusal("\(both.name) is in both groups, blue and green", hint: "a host belongs to one side")
        }
        if let neither = hosts.first(where: { !idle.contains($0.name) && !active.contains($0.name) }) {
            throw PlanRefusal(
                "\(neither.name) is neither blue nor green", hint: "add it to a group, or leave it out with 'hosts'")
        }
        return Split(
            idle: hosts.filter { idle.contains($0.name) }.map { $0.idle() },
            active: hosts.filter { active.contains($0.name) }, areInstances: false)
    }

    /// What the balancers know of that side.
    public func members(of color: Color, in traffic: TrafficPlan) -> [TrafficMember] {
        switch sides {
        case .groups(let blue, let green):
            let hosts = Set(color == .blue ? blue : green)
            return traffic.members.filter { hosts.contains($0.host) }
        case .instances(let blue, let green):
            return traffic.members.filter { $0.port == (color == .blue ? blue : green) }
        }
    }
}

extension PlannedHost {
    fileprivate func idle() -> Self {
        var copy = self
        copy.isIdle = true
        return copy
    }
}
