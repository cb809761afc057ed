import FleetModel
import RolloutEngine

/// Why nothing can be begun; nothing was changed.
public enum PreparationError: Error, Sendable {
    /// The spec, or a file that it names.
    case spec(Diagnostics)
    /// Hosts that can't take part: all of them, each with its problem and remedy.
    case hosts([HostProblem])
    /// The promises can't be kept on this fleet.
    case refused(PlanRefusal)
    /// There is nothing to go back to.
    case nothingToGoBackTo(String)
}

/// One host that can't take part.
public struct HostProblem: Error, Hashable, Sendable {
    public var host: HostName
    public var problem: String
    public var hint: String?

    public init(_ host: HostName, _ problem: String, hint: String? = nil) {
        self.host = host
        self.problem = problem
        self.hint = hint
    }
}
