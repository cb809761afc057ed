import ArgumentParser
import FleetModel
import HostAccess
import Inventory
import SSHConfig

/// What ssh's configuration says of the hosts of an inventory.
struct SSHConfigOptions: ParsableArguments {
    @Option(
        name: [.customShort("F"), .long],
        help: ArgumentHelp(
            "ssh's configuration, instead of ~/.ssh/config and the system's; none for none.", valueName: "file"),
        completion: .file())
    var sshConfig: String?

    /// Where hosts of the inventory are, and who to be there. What ssh's configuration asks for in vain is said.
    ///
    /// - Throws: what is wrong with any of the hosts.
    func selection(
        of hosts: [HostName], in inventory: Inventory, over connection: ConnectionOptions
    ) throws(Diagnostics) -> HostSelection {
        var resolver = EndpointResolver(
            config: sshConfig.map { SSHConfigChoice(option: $0) } ?? .standard,
            hasBecomePassword: connection.hasBecomePassword)
        var selection = try resolver.selection(of: hosts, in: inventory)
        for index in selection.endpoints.indices { connection.override(&selection.endpoints[index]) }
        for notice in resolver.notices {
            Terminal.standard.complain("warning: \(notice)")
            if let hint = notice.hint { Terminal.standard.complain("hint: \(hint)") }
        }
        return selection
    }
}
