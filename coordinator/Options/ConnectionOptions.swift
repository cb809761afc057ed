import ArgumentParser
import SSHTransport

/// How to log in.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A private key, instead of the inventory's and the ssh-agent's.", valueName: "file"),
        completion: .file())
    var identity: String?

    @Option(
        help: ArgumentHelp("The known hosts, instead of the user's and the system's.", valueName: "file"),
        completion: .file())
    var knownHosts: String?

    /// The key of `--identity`, for every host; nil where there is no such option.
    var identityFiles: [String]? { identity.map { [absolute($0)] } }

    /// What reaches hosts; passphrases are asked for once.
    func connector() -> SSHConnector {
        var configuration = SSHConfiguration()
        if let knownHosts { configuration.knownHostsFiles = [knownHosts] }
        configuration.passphrase = { path in Terminal.standard.askSecret("Passphrase for \(path): ") }
        return SSHConnector(configuration: configuration)
    }
}
