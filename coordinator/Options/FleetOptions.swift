import ArgumentParser
import FleetModel
import Foundation
import HostAccess
import Inventory

/// Which hosts, and how to reach them.
struct FleetOptions: ParsableArguments {
    @Argument(help: "The inventory, in Ansible's INI format.", completion: .file())
    var inventory: String

    @Option(help: ArgumentHelp("Only hosts that also match, for example 'web*:!web-3'.", valueName: "pattern"))
    var limit: String?

    @OptionGroup var connection: ConnectionOptions

    /// The hosts that the inventory, `pattern` and `--limit` select, in inventory order.
    func select(_ pattern: String) throws -> [HostEndpoint] { try select(pattern, from: try load()) }

    /// The inventory itself.
    func load() throws -> Inventory {
        let text = try readText(inventory, hint: "coord needs the path of a file")
        do { return try Inventory(text: text, file: inventory) } catch { throw Failure(error) }
    }

    /// The hosts of `inventory` that `pattern` and `--limit` select, in inventory order.
    func select(_ pattern: String, from inventory: Inventory) throws -> [HostEndpoint] {
        do {
            return try inventory.select(pattern, limit: limit).map { try endpoint(of: $0, in: inventory) }
        } catch let diagnostics as Diagnostics {
            throw Failure(diagnostics)
        } catch let diagnostic as Diagnostic {
            throw Failure(diagnostic)
        }
    }

    private func endpoint(of host: HostName, in inventory: Inventory) throws -> HostEndpoint {
        let variables = try inventory.connectionVariables(of: host)
        return HostEndpoint(
            name: host, address: variables.address, port: variables.port ?? 22,
            user: variables.user ?? NSUserName(),
            identityFiles: connection.identityFiles ?? variables.privateKeyFile.map { [absolute($0)] } ?? [],
            agentScope: variables.labels["agent"] == AgentScope.user.rawValue ? .user : .system
        )
    }

    /// The folder that the spec and the state lie in: as the user named it, empty for the current one.
    var directory: String { (inventory as NSString).deletingLastPathComponent }
}
