import RolloutEngine

/// The engine's terms as `--json` names them: part of the schema in docs/json-events.md, so they stay.
extension RolloutEngine.Course {
    var jsonName: String {
        switch self {
        case .notStarted: "not_started"
        case .starting: "starting"
        case .forward: "forward"
        case .betweenBatches: "between_batches"
        case .rollingBack: "rolling_back"
        case .closing: "closing"
        case .finishing: "finishing"
        case .ended: "ended"
        }
    }
}

extension HostOperation {
    var jsonName: String { self == .watchReverted ? "watch_reverted" : rawValue }
}

extension HostFailure.Kind {
    var jsonName: String { self == .timedOut ? "timed_out" : rawValue }
}

extension CoordinatorHook {
    /// Also its name in a spec.
    var jsonName: String {
        switch self {
        case .beforeRollout: "before_rollout"
        case .afterBatch: "after_batch"
        case .afterRollout: "after_rollout"
        case .onFailure: "on_failure"
        }
    }
}

extension Ending.Verdict {
    /// As `--json` and the history name it.
    public var spoken: String {
        switch self {
        case .complete: "complete"
        case .completeWithDebt: "complete_with_debt"
        case .unchanged: "unchanged"
        case .mixed: "mixed"
        }
    }
}
