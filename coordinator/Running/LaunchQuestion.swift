import FleetModel
import Reporting
import RolloutEngine

/// What a person is asked before a rollout begins: what it does, what it costs at worst, and what comes first.
struct LaunchQuestion {
    private let plan: RolloutPlan

    init(_ plan: RolloutPlan) { self.plan = plan }

    var text: String {
        let offline = listed(plan.offlineHosts.map(\.text))
        let left = offline.isEmpty ? "" : " Offline and left out: \(offline)."
        let warnings = PlanSummary(of: plan).warnings.map { " Warning: \($0.problem)." }.joined()
        return "\(course)\(left) \(capacity)\(firstStep)\(warnings) Begin?"
    }

    private var course: String {
        let subject = "\(plan.service) \(plan.release)"
        guard !plan.batches.isEmpty else { return "\(subject), \(plan.strategy.spoken): only traffic moves." }
        let batches = plan.batches.map { "\($0.count)" }.joined(separator: " + ")
        let hosts = counted(plan.changedHosts.count, "host")
        return "\(subject) goes to \(hosts), \(plan.strategy.spoken), in batches of \(batches)."
    }

    private var capacity: String {
        let worst = PlanCapacity(of: plan).group
        let verb = worst.outOfService == 1 ? "is" : "are"
        return "At worst \(worst.outOfService) of \(counted(worst.hosts, "host")) \(verb) out of service."
    }

    private var firstStep: String {
        guard plan.steps.count > 1, let first = plan.steps.first else { return "" }
        return " First: \(StepText(plan).line(of: first))."
    }
}
