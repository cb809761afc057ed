import AgentProtocol
import FleetModel

/// How one file of the configuration changes, and on which hosts just so.
public struct ConfigurationChange: Hashable, Sendable {
    /// What is known of the contents.
    public enum Detail: Hashable, Sendable {
        /// Lines of a unified diff, printable.
        case diff([String])
        /// It is or was a secret: nothing of it is shown.
        case secret
        /// Only mode, owner or group.
        case attributes
        /// Why no diff can be shown.
        case notShown(String)
    }

    /// As the spec or the release's own record has it, printable.
    public var path: String
    public var kind: FileDifference.Kind
    public var detail: Detail
    /// In the plan's order.
    public var hosts: [HostName]
}
