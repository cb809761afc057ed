import FleetModel
import RolloutEngine

/// What the simulator drives: the engine, or one with a bug planted into it.
public protocol RolloutDecider {
    /// Takes in one event and says what is to be done now.
    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action]

    /// How the traffic is to be shared out now.
    var allocation: TrafficAllocation? { get }

    /// What it waits for a person to decide.
    var gate: Gate? { get }
}

extension RolloutEngine: RolloutDecider {}

extension RolloutDecider {
    /// One with a bug planted into it asks nobody.
    public var gate: Gate? { nil }
}
