import FleetModel
import HostAccess

/// The hosts that a command is about, and what it takes to be root there.
struct HostSelection {
    /// In inventory order.
    var endpoints: [HostEndpoint]
    /// The inventory's passwords for sudo, of the hosts that have one there.
    var becomePasswords: [HostName: Secret] = [:]

    var names: [HostName] { endpoints.map(\.name) }
}
