import AgentProtocol
import Artifact
import FleetModel

/// A job, and what the hosts said when it was made.
public struct PreparedRollout: Sendable {
    public var job: RolloutJob
    /// Nil where every host holds the release already.
    public var artifact: Artifact?
    public var reports: [HostName: HostReport]
    /// What is put into the hosts' releases beside the artifact; nil for nothing.
    public var configuration: ConfigurationSource?
    /// How the hosts' current configuration differs from the wanted one, where there is any.
    public var comparisons: [HostName: Comparison] = [:]

    /// What hosts that only help say of the service, and the others of the instance that is to be retired.
    public var helperReports: [HostName: HostReport] = [:]
    /// What a person should know of the balancers.
    public var notices: [String] = []

    /// The highest epoch that any host has seen of the service.
    public var highestEpoch: UInt64 {
        (Array(reports.values) + Array(helperReports.values)).map(\.epoch).max() ?? 0
    }

    /// The hosts that another rollout holds, and who that is.
    public var holders: [HostName: Claim] {
        reports.compactMapValues(\.holder).merging(helperReports.compactMapValues(\.holder)) { first, _ in first }
    }
}
