import FleetModel
import RolloutEngine
import RolloutSpec

/// What a rollout's analyses measure, and where their scripts run.
public struct AnalysisRecipe: Hashable, Sendable, Codable {
    var analyses: [RolloutSpec.Analysis]
    /// Where scripts run, and what their paths are relative to: the spec's directory.
    var directory: String

    init(_ analyses: [RolloutSpec.Analysis], directory: String) {
        (self.analyses, self.directory) = (analyses, directory)
    }

    func analysis(_ name: AnalysisName) -> RolloutSpec.Analysis? { analyses.first { $0.name.text == name.text } }

    /// Scripts that can't be run, each with its place.
    var missingScripts: [Diagnostic] {
        analyses.compactMap { analysis in
            guard case .script(let script, _) = analysis.metric else { return nil }
            return ProgramHere(script, in: directory).problem
        }
    }

    /// A comparison needs enough hosts that are left alone; nil where each has them at every step.
    func refusal(of plan: RolloutPlan) -> PlanRefusal? {
        for (index, step) in plan.steps.enumerated() {
            guard case .analyse(let name) = step, case .comparison = analysis(name)?.judgement else { continue }
            let sides = AnalysisSides(plan, changed: plan.changedHosts(before: index))
            guard sides.canary.isEmpty || sides.baseline.count < AnalysisSides.minimumBaseline else { continue }
            return PlanRefusal(
                "analysis '\(name)' compares \(sides.canary.count) changed with \(sides.baseline.count) untouched "
                    + "hosts that are up, and needs \(AnalysisSides.minimumBaseline) untouched ones",
                hint: "let it run while more hosts are untouched, or give it thresholds: 'success:' or 'failure:'")
        }
        return nil
    }

    /// Both sides as they are at the last step that uses a comparison.
    func widestSides(of name: AnalysisName, in plan: RolloutPlan) -> AnalysisSides? {
        plan.steps.lastIndex(of: .analyse(name)).map { AnalysisSides(plan, changed: plan.changedHosts(before: $0)) }
    }
}

extension RolloutPlan {
    /// Those that a step waits for, each once.
    var analyses: [AnalysisName] {
        var seen: Set<AnalysisName> = []
        return steps.compactMap { step in
            guard case .analyse(let name) = step, seen.insert(name).inserted else { return nil }
            return name
        }
    }

    fileprivate func changedHosts(before step: Int) -> Set<HostName> {
        steps[..<step].reduce(into: []) { changed, step in
            switch step {
            case .change(let batch): changed.formUnion(batches[batch])
            case .restore(let batch): changed.subtract(batches[batch])
            default: break
            }
        }
    }
}
