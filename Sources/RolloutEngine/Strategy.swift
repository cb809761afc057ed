import FleetModel

/// How a release gets to its hosts.
public enum Strategy: Hashable, Sendable {
    case rolling(Rolling)
    case recreate(Recreate)
    case canary(Canary)
    case blueGreen(BlueGreen)
    case abTest(ABTest)

    public var name: StrategyName {
        switch self {
        case .rolling: .rolling
        case .recreate: .recreate
        case .canary: .canary
        case .blueGreen: .blueGreen
        case .abTest: .abTest
        }
    }

    func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        switch self {
        case .rolling(let rolling): try rolling.course(on: fleet)
        case .recreate(let recreate): try recreate.course(on: fleet)
        case .canary(let canary): try canary.course(on: fleet)
        case .blueGreen(let blueGreen): try blueGreen.course(on: fleet)
        case .abTest(let test): try test.course(on: fleet)
        }
    }
}
