import AgentClient
import AgentProtocol
import FleetModel
import RolloutEngine

/// The hosts of a rollout and the balancers before them, as the driver's loop sees them.
public protocol Fleet: Sendable {
    /// Performs an operation and says how it ended, within `deadline`, whatever the host does; where it has to wait for
    /// other hosts first, within `deadline` of its turn. A cancelled task returns soon. What was performed once is not
    /// performed again, except for another `attempt`; they count from 1. Drains and admissions are verified anew each
    /// time. `allocation` is how the traffic is to be shared out now.
    /// - Throws: ``Superseded`` where the host obeys another coordinator now.
    func perform(
        _ operation: HostOperation, on host: HostName, attempt: Int, deadline: Duration,
        allocation: TrafficAllocation?, observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome

    /// Brings every balancer to this allocation, and reads it back from each.
    /// - Throws: ``Superseded`` where a balancer's host obeys another coordinator now.
    func shiftTraffic(to allocation: TrafficAllocation) async throws(Superseded) -> TrafficOutcome

    /// Runs a schema hook on that host, which may be none of the plan's; what has been run once is not run again.
    /// - Throws: ``Superseded`` where the host obeys another coordinator now.
    func runSchemaHook(
        _ hook: SchemaHook, on host: HostName, observer: any RolloutObserver
    ) async throws(Superseded) -> HookOutcome

    /// How the service does on a host now; errors in its log are counted since then, by the host's clock, in seconds.
    /// - Throws: ``AgentError``.
    func sample(
        _ host: HostName, logSince seconds: UInt64, deadline: Duration
    ) async throws(AgentError) -> Sample

    /// What tells why the service failed on a host, or only what sets the host apart.
    /// - Throws: ``AgentError``.
    func evidence(of host: HostName, factsOnly: Bool, deadline: Duration) async throws(AgentError) -> Evidence

    /// Sets the hosts free that only help: balancers, and the one of the schema hooks. The rollout is over.
    func releaseHelpers() async

    /// Ends every connection.
    func close() async
}

/// A host has been claimed by a coordinator with a higher epoch.
public struct Superseded: Error, Hashable, Sendable {
    /// One sentence: which host, and who holds it.
    public var problem: String

    public init(_ problem: String) { self.problem = problem }
}
