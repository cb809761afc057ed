/// What a rollout waits for a person to decide.
public enum Gate: Hashable, Sendable {
    /// The plan pauses here until somebody promotes.
    case promotion
    /// An analysis told nothing: promote takes it for good, retry measures again, abort goes back.
    case inconclusive(AnalysisName, reason: String)
    /// It has failed for that reason and asks what to do: retry, skip, resume or abort.
    case question(reason: String)

    /// As people are told.
    public var reason: String {
        switch self {
        case .promotion: "waiting to be promoted"
        case .inconclusive(let name, let reason): "analysis \(name) is inconclusive: \(reason)"
        case .question(let reason): reason
        }
    }
}
