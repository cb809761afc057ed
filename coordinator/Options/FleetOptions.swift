import ArgumentParser
import FleetModel
import Foundation
import HostAccess
import Inventory
import SSHTransport

/// Which hosts, and how to reach them.
struct FleetOptions: ParsableArguments {
    @Argument(help: "The inventory, in Ansible's INI format.", completion: .file())
    var inventory: String

    @Option(help: "Only hosts that also match this pattern, for example 'web*:!web-3'.")
    var limit: String?

    @OptionGroup var connection: ConnectionOptions

    /// The inventory, and the hosts of it that `pattern` and `--limit` select, in inventory order.
    func select(_ pattern: String) throws -> [HostEndpoint] {
        guard let bytes = FileManager.default.contents(atPath: inventory) else {
            throw Failure(
                "the inventory '\(inventory)' can't be read", hint: "coord needs the path of a file", status: .usage)
        }
        do {
            let parsed = try Inventory(text: String(decoding: bytes, as: UTF8.self), file: inventory)
            return try parsed.select(pattern, limit: limit).map { try endpoint(of: $0, in: parsed) }
        } catch let diagnostics as Diagnostics {
            throw Failure(diagnostics)
        } catch let diagnostic as Diagnostic {
            throw Failure(diagnostic)
        }
    }

    private func endpoint(of host: HostName, in inventory: Inventory) throws -> HostEndpoint {
        let variables = try inventory.connectionVariables(of: host)
        let key = connection.identity ?? variables.privateKeyFile
        return HostEndpoint(
            name: host, address: variables.address, port: variables.port ?? 22,
            user: variables.user ?? NSUserName(),
            identityFiles: key.map { [($0 as NSString).expandingTildeInPath] } ?? []
        )
    }

    /// The folder that relative paths, the spec and the state belong to.
    var directory: String { URL(filePath: inventory).deletingLastPathComponent().path(percentEncoded: false) }
}

/// How to log in.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: [.short, .long], help: "A private key file, instead of the inventory's and the ssh-agent's.",
        completion: .file())
    var identity: String?

    @Option(help: "A known_hosts file, instead of the user's and the system's.", completion: .file())
    var knownHosts: String?

    /// What reaches hosts; passphrases are asked for once.
    func connector() -> SSHConnector {
        var configuration = SSHConfiguration()
        if let knownHosts { configuration.knownHostsFiles = [knownHosts] }
        configuration.passphrase = { path in Terminal.standard.askSecret("Passphrase for \(path): ") }
        return SSHConnector(configuration: configuration)
    }
}
