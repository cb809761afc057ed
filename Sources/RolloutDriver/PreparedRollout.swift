import AgentProtocol
import Artifact
import FleetModel

/// A job, and what the hosts said when it was made.
public struct PreparedRollout: Sendable {
    public var job: RolloutJob
    /// Nil where every host holds the release already.
    public var artifact: Artifact?
    public var reports: [HostName: HostReport]

    /// The highest epoch that any host has seen of the service.
    public var highestEpoch: UInt64 { reports.values.map(\.epoch).max() ?? 0 }

    /// The hosts that another rollout holds, and who that is.
    public var holders: [HostName: Claim] { reports.compactMapValues(\.holder) }
}
