import ArgumentParser
import FleetModel
import HostAccess
import SSHTransport

/// How to log in, and how to become root.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A private key, instead of the inventory's and the ssh-agent's.", valueName: "file"),
        completion: .file())
    var identity: String?

    @Option(
        help: ArgumentHelp("The known hosts, instead of the user's and the system's.", valueName: "file"),
        completion: .file())
    var knownHosts: String?

    @Flag(name: [.customShort("K"), .long], help: "Ask for the password that sudo wants on the hosts.")
    var askBecomePass = false

    @Option(
        help: ArgumentHelp(
            "The password that sudo wants on the hosts: the file's first line; - is standard input.",
            valueName: "file"),
        completion: .file())
    var becomePasswordFile: String?

    /// The key of `--identity`, for every host; nil where there is no such option.
    var identityFiles: [String]? { identity.map { [absolute($0)] } }

    /// The inventory's own passwords for sudo are not needed.
    var hasBecomePassword: Bool { askBecomePass || becomePasswordFile != nil }

    var readsPasswordFromStandardInput: Bool {
        becomePasswordFile.map { ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].contains($0) } ?? false
    }

    func validate() throws {
        guard askBecomePass, becomePasswordFile != nil else { return }
        throw ValidationError("--ask-become-pass and --become-password-file are two ways to say one thing; give one")
    }

    /// These options go before whatever else an endpoint was made of. Jump hosts keep keys of their own, as with ssh.
    func override(_ endpoint: inout HostEndpoint) {
        if let identityFiles {
            endpoint.identityFiles = identityFiles
            endpoint.settings.identitiesOnly = true
        }
        guard knownHosts != nil else { return }
        endpoint.settings.knownHostsFiles = nil
        for index in endpoint.jumps.indices { endpoint.jumps[index].settings.knownHostsFiles = nil }
    }

    /// What reaches hosts; the password for sudo is asked for at once, passphrases when a key needs one.
    ///
    /// - Parameter becomePasswords: those of single hosts, for where the options give none.
    func connector(becomePasswords: [HostName: Secret]) throws -> SSHConnector {
        let becomePassword = try self.becomePassword()
        var configuration = SSHConfiguration()
        if let knownHosts { configuration.knownHostsFiles = [knownHosts] }
        configuration.passphrase = { path in Terminal.standard.askSecret("Passphrase for \(path): ") }
        configuration.sudoPassword = { host in becomePassword ?? becomePasswords[host.name] }
        configuration.hostKeyRecorded = { recorded in
            Terminal.standard.complain(
                "warning: \(recorded.host): its \(recorded.key.type) key \(recorded.key.fingerprint) was not known; "
                    + "recorded in \(recorded.path)")
        }
        return SSHConnector(configuration: configuration)
    }

    private func becomePassword() throws -> Secret? {
        if let becomePasswordFile { return try BecomePassword.read(becomePasswordFile) }
        return askBecomePass ? try BecomePassword.ask(on: .standard) : nil
    }
}
