import FleetModel

/// Two releases side by side, held until a person promotes or aborts.
public struct ABTest: Hashable, Sendable {
    /// How many of the hosts run the new release, B.
    public var hosts: Share
    /// Percent of the traffic to B; nil: none but what matches where `match` is given, else as much as B's hosts had.
    public var weight: Int?
    /// The requests that B gets whatever its weight.
    public var match: TrafficRoute.Match?
    /// While it is held, one after the other.
    public var analyses: [AnalysisName]
    /// How the rest goes after the promotion, and what is promised throughout.
    public var rest: Rolling

    public init(
        hosts: Share = .percent(50), weight: Int? = nil, match: TrafficRoute.Match? = nil,
        analyses: [AnalysisName] = [], rest: Rolling = Rolling()
    ) {
        self.hosts = hosts
        self.weight = weight
        self.match = match
        self.analyses = analyses
        self.rest = rest
    }

    func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        guard fleet.traffic != nil || weight == nil && match == nil else {
            throw PlanRefusal(
                "an a/b test by \(match == nil ? "weight" : "match") needs balancers", hint: "add 'traffic:'")
        }
        var course = try PartialCourse(on: fleet, rest: rest)
        guard course.hasHosts else { return course.course }
        try course.grow(to: hosts)
        if weight != nil || match != nil { try course.shift(percent: weight ?? 0, route: match) }
        course.course.steps += analyses.map { .analyse($0) } + [.pause(nil)]
        return try course.finish {
            .abTest(ABTest(hosts: hosts, weight: weight, match: match, analyses: analyses, rest: $0))
        }
    }
}
