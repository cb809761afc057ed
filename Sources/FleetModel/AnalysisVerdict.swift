/// What came of an analysis, in Argo Rollouts' words; the reasons are for people.
public enum AnalysisVerdict: Hashable, Sendable, Codable {
    case successful
    /// What was measured is worse than what was asked for.
    case failed(String)
    /// It could not be measured.
    case error(String)
    /// It was measured and decides nothing; a person has to.
    case inconclusive(String)

    /// Why, except for success.
    public var reason: String? {
        switch self {
        case .successful: nil
        case .failed(let reason), .error(let reason), .inconclusive(let reason): reason
        }
    }

    /// What several analyses of one step come to: the worst, in Argo's order. Nil where there is none, because nothing
    /// measured is no success.
    public static func worst(of verdicts: some Sequence<AnalysisVerdict>) -> AnalysisVerdict? {
        verdicts.max { $0.severity < $1.severity }
    }

    private var severity: Int {
        switch self {
        case .successful: 0
        case .inconclusive: 1
        case .error: 2
        case .failed: 3
        }
    }
}
