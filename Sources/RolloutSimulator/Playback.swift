import FleetModel
import RolloutEngine

/// Goes through what happened once more, beside the engine that decided it.
public struct Playback {
    /// As it stands after the fact that was taken in last.
    public private(set) var engine: RolloutEngine
    /// Coordinators know nothing of the time in which there was none.
    private var absence: Int64 = 0
    private var absentSince: Int64?

    public init(of plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    /// Facts in the order in which they happened.
    public mutating func take(_ record: Trace.Record) {
        switch record.fact {
        case .crashed: absentSince = record.time
        case .handled(let event):
            if let since = absentSince { absence += record.time - since }
            absentSince = nil
            _ = engine.handle(event, at: RolloutInstant(milliseconds: record.time - absence))
        default: break
        }
    }
}
