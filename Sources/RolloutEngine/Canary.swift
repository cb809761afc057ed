import FleetModel

/// A few hosts first, watched step by step; then the rest, batch by batch.
public struct Canary: Hashable, Sendable {
    /// What is done with the first hosts, one after the other; the names are Argo Rollouts'.
    public var steps: [CanaryStep]
    /// False: the rest waits until a person promotes.
    public var promotesItself: Bool
    /// How the rest goes, in which order hosts are picked, and what is promised throughout.
    public var rest: Rolling

    public init(steps: [CanaryStep], promotesItself: Bool = true, rest: Rolling = Rolling()) {
        self.steps = steps
        self.promotesItself = promotesItself
        self.rest = rest
    }

    func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        var course = try PartialCourse(on: fleet, rest: rest)
        guard course.hasHosts else { return course.course }
        // Without a count of its own the canary has as large a part of the hosts as of the traffic.
        var hasCount = false
        for step in steps {
            switch step {
            case .setCanary(let share):
                hasCount = true
                try course.grow(to: share)
            case .setWeight(let percent):
                if !hasCount, percent > 0 { try course.grow(to: .percent(percent)) }
                try course.shift(percent: percent)
            case .pause(let duration): course.course.steps.append(.pause(duration))
            case .analysis(let name): course.course.steps.append(.analyse(name))
            }
        }
        if !promotesItself { course.course.steps.append(.pause(nil)) }
        return try course.finish { .canary(Canary(steps: steps, promotesItself: promotesItself, rest: $0)) }
    }
}

/// One step of a canary.
public enum CanaryStep: Hashable, Sendable {
    /// So many of the hosts run the release from here on.
    case setCanary(Share)
    /// Percent of the traffic to them, 0…100.
    case setWeight(Int)
    /// Nil: until a person promotes.
    case pause(Duration?)
    case analysis(AnalysisName)
}
