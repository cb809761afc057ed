import FleetModel

/// How far the rollout is in the step that it is at.
struct StepState: Sendable {
    /// In the plan, counted from 0.
    var index = 0
    var hasBegun = false
    /// The analysis that is waited for.
    var pendingAnalysis: (name: AnalysisName, attempt: Int)?
    /// Why the analysis told nothing.
    var doubt: String?
    var pendingSchemaHook: SchemaHook?
    /// When the pause ends by itself; nil where it waits for a person.
    var pauseDeadline: RolloutInstant?
    /// Why the step failed; hosts have failures of their own.
    var problem: String?
}
