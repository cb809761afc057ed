import FleetModel

/// How a release gets to its hosts.
public enum Strategy: Hashable, Sendable {
    case rolling(Rolling)
    case recreate(Recreate)

    public var name: StrategyName {
        switch self {
        case .rolling: .rolling
        case .recreate: .recreate
        }
    }

    /// `total` hosts are selected, of a group of `group`; `offline` of them can't be reached.
    func course(
        changing: [PlannedHost], of total: Int, in group: Int, offline: Int
    ) throws(PlanRefusal) -> StrategyCourse {
        switch self {
        case .rolling(let rolling): try rolling.course(changing: changing, of: total, in: group, offline: offline)
        case .recreate(let recreate): recreate.course(changing: changing, of: total)
        }
    }
}

/// A strategy applied to a fleet: who goes when, and how much of the fleet may be out of service meanwhile.
struct StrategyCourse {
    var batches: [[HostName]]
    var maximumParallel: Int
    var maximumUnavailable: Int
}
