import FleetModel

/// When a measurement is a success and when a failure. There is no criterion without a condition: it would pass
/// whatever is measured.
public enum ThresholdCriterion: Hashable, Sendable {
    /// Everything else is a failure.
    case success(Condition)
    /// Everything else is a success.
    case failure(Condition)
    /// What is neither is inconclusive; what is both is a failure.
    case both(success: Condition, failure: Condition)

    /// What one measurement comes to.
    enum Outcome: Hashable { case successful, failed, inconclusive }

    func outcome(of value: Double) -> Outcome {
        switch self {
        case .success(let success): success.holds(value) ? .successful : .failed
        case .failure(let failure): failure.holds(value) ? .failed : .successful
        case .both(_, let failure) where failure.holds(value): .failed
        case .both(let success, _): success.holds(value) ? .successful : .inconclusive
        }
    }

    var text: String {
        switch self {
        case .success(let success): "success is \(success)"
        case .failure(let failure): "failure is \(failure)"
        case .both(let success, let failure): "success is \(success), failure is \(failure)"
        }
    }
}
