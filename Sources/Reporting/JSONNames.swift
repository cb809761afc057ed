import FleetModel
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

extension Ending.Traffic {
    var jsonName: String {
        switch self {
        case .initial: "initial"
        case .target: "target"
        case .between: "between"
        case .unknown: "unknown"
        }
    }
}

extension Gate {
    var jsonName: String {
        switch self {
        case .promotion: "promotion"
        case .inconclusive: "inconclusive"
        case .question: "question"
        }
    }
}

extension HostOperation {
    var jsonName: String { self == .watchReverted ? "watch_reverted" : rawValue }
}

extension AnalysisVerdict {
    var jsonName: String {
        switch self {
        case .successful: "successful"
        case .failed: "failed"
        case .error: "error"
        case .inconclusive: "inconclusive"
        }
    }
}

extension HostFailure.Kind {
    var jsonName: String { self == .timedOut ? "timed_out" : rawValue }
}
