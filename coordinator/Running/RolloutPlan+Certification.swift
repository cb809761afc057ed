import FleetModel
import RolloutEngine

extension RolloutPlan {
    /// Has the plan checked by what shares no code with the planners.
    /// - Throws: ``Failure`` with every promise that it would break: that is a mistake of coord, not of a person.
    func certify() throws {
        let violations = PlanChecker.violations(in: self)
        guard !violations.isEmpty else { return }
        let known = violations.prefix(Self.maximumViolations).map { Diagnostic("the plan is wrong: \($0)") }
        var failure = Failure(
            "coord has made a plan that it must not carry out; nothing was changed", status: .failedUnchanged)
        failure.diagnostics[0].hint =
            "this is a mistake in coord: please report it with the specification and the inventory"
        failure.diagnostics = known + failure.diagnostics
        throw failure
    }

    /// More of them tell nothing more.
    private static let maximumViolations = 10
}
