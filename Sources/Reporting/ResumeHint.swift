import FleetModel
import RolloutEngine

/// What a person types to bring a rollout that stands still to its end.
public struct ResumeHint: Sendable {
    private let plan: RolloutPlan
    private let words: String

    /// `stateArgument`: what a command typed after this needs to find the rollout: ` --state envs/.coord`, or nothing.
    public init(plan: RolloutPlan, stateArgument: String) {
        self.plan = plan
        words = "\(plan.rollout)\(stateArgument)"
    }

    /// One line. To resume passes over the hosts that failed, so whoever has mended them is told of the retry first.
    public func line(failed: [HostName]) -> String {
        let abort = plan.policy.isReversible ? "rolls back" : "ends it, and leaves the hosts as they are"
        let rest = "coord abort \(words) \(abort)"
        guard !failed.isEmpty else { return "hint: coord resume \(words) goes on; \(rest)" }
        let shown = failed.prefix(Self.maximumNames).map(\.text).joined(separator: ", ")
        let more = failed.count > Self.maximumNames ? " and \(failed.count - Self.maximumNames) more" : ""
        let them = failed.count == 1 ? "it" : "them"
        return "hint: coord retry \(words) tries \(shown)\(more) again; coord resume \(words) goes on without \(them); "
            + rest
    }

    private static let maximumNames = 5
}
