import ArgumentParser
import FleetModel
import HostAccess
import Inventory
import SSHConfig
import SSHTransport

/// How to log in.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A private key, instead of the inventory's and the ssh-agent's.", valueName: "file"),
        completion: .file())
    var identity: String?

    @Option(
        help: ArgumentHelp("The known hosts, instead of the user's and the system's.", valueName: "file"),
        completion: .file())
    var knownHosts: String?

    @Option(
        name: [.customShort("F"), .long],
        help: ArgumentHelp(
            "ssh's configuration, instead of ~/.ssh/config and the system's; none for none.", valueName: "file"),
        completion: .file())
    var sshConfig: String?

    /// The key of `--identity`, for every host; nil where there is no such option.
    var identityFiles: [String]? { identity.map { [absolute($0)] } }

    /// Where the hosts of an inventory are, and who to be there. What ssh's configuration asks for in vain is said.
    ///
    /// - Throws: what is wrong with any of the hosts.
    func endpoints(of hosts: [HostName], in inventory: Inventory) throws(Diagnostics) -> [HostEndpoint] {
        var resolver = EndpointResolver(
            config: sshConfig.map { SSHConfigChoice(option: $0) } ?? .standard, identityFiles: identityFiles,
            hasKnownHosts: knownHosts != nil)
        let endpoints = try resolver.endpoints(of: hosts, in: inventory)
        for notice in resolver.notices {
            Terminal.standard.complain("warning: \(notice)")
            if let hint = notice.hint { Terminal.standard.complain("hint: \(hint)") }
        }
        return endpoints
    }

    /// What reaches hosts; passphrases are asked for once.
    func connector() -> SSHConnector {
        var configuration = SSHConfiguration()
        if let knownHosts { configuration.knownHostsFiles = [knownHosts] }
        configuration.passphrase = { path in Terminal.standard.askSecret("Passphrase for \(path): ") }
        return SSHConnector(configuration: configuration)
    }
}
