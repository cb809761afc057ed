import RolloutEngine

/// What came of a run.
public struct RunSummary: Sendable {
    /// How it stands in the end.
    public enum Result: Hashable, Sendable {
        case ended(Ending)
        /// It waits for a person, for that reason, and nobody comes.
        case waits(String)
        /// A mistake of the program's own: nothing more happens, or it never ends.
        case stuck
    }

    public let result: Result
    public let capacity: ServingHosts
    /// Virtual milliseconds.
    public let duration: Int64
    /// Promises that were broken: mistakes of the program's own.
    public let violations: [Violation]
}

extension Scenario {
    /// Runs the real engine in this world. `observe` gets each fact in turn, with the engine as it stands after it.
    public func run(_ observe: (Trace.Record, RolloutEngine) -> Void = { _, _ in }) -> RunSummary {
        let trace = Simulation.trace(of: self) { RolloutEngine(plan: $0) }
        var playback = Playback(of: plan)
        var capacity = ServingHosts(of: self)
        var waitReason = ""
        var result = RunSummary.Result.stuck
        for record in trace.records {
            playback.take(record)
            capacity.take(record, playback.engine)
            observe(record, playback.engine)
            switch record.fact {
            case .did(.wait(let reason)), .did(.suspend(.paused(let reason))): waitReason = reason
            case .did(.end(let ending)): result = .ended(ending)
            case .left: result = .waits(waitReason)
            default: break
            }
        }
        return RunSummary(
            result: result, capacity: capacity, duration: trace.records.last?.time ?? 0,
            violations: PromiseChecker.violations(in: trace, of: self))
    }
}
