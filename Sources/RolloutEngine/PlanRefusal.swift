/// Why no plan keeps the promises: the reason, and the nearest policy that works.
public struct PlanRefusal: Error, Hashable, Sendable {
    public var problem: String
    public var hint: String
    /// What the hint names, where a change of the strategy's own settings is enough: it does work on this fleet.
    public var nearest: Strategy?

    public init(_ problem: String, hint: String, nearest: Strategy? = nil) {
        self.problem = problem
        self.hint = hint
        self.nearest = nearest
    }
}
