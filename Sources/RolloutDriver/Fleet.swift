import FleetModel
import RolloutEngine

/// The hosts of a rollout, as the driver's loop sees them.
public protocol Fleet: Sendable {
    /// Performs an operation and says how it ended, within `deadline`, whatever the host does; where it has to wait for
    /// other hosts first, within `deadline` of its turn. A cancelled task returns soon. What was performed once is not
    /// performed again, except for another `attempt`; they count from 1.
    /// - Throws: ``Superseded`` where the host obeys another coordinator now.
    func perform(
        _ operation: HostOperation, on host: HostName, attempt: Int, deadline: Duration,
        observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome

    /// Ends every connection.
    func close() async
}

/// A host has been claimed by a coordinator with a higher epoch.
public struct Superseded: Error, Hashable, Sendable {
    /// One sentence: which host, and who holds it.
    public var problem: String

    public init(_ problem: String) { self.problem = problem }
}
