import FleetModel
import Glibc
import HostAccess

/// How to reach hosts: what of it does not depend on the host.
public struct SSHConfiguration: Sendable {
    /// Files in the format of sshd(8), all of them consulted; one that does not exist says nothing.
    public var knownHostsFiles: [String]
    /// The ssh-agent's unix socket, nil for none.
    public var agentSocket: String?
    /// Key files to try for hosts that name none; those that do not exist are left out.
    public var defaultIdentityFiles: [String]
    /// Asks for the passphrase of the key file at a path, at most once a file; nil means there is none to be had.
    public var passphrase: @Sendable (_ path: String) async -> String?
    /// Told of every host key that was recorded because the host's settings say so.
    public var hostKeyRecorded: @Sendable (RecordedHostKey) -> Void
    /// The password that the login's user has to give to sudo on a host; nil means none: sudo must not ask for one.
    public var sudoPassword: @Sendable (_ host: HostEndpoint) async -> Secret?
    /// A host that sends nothing for this long is asked for a sign of life.
    public var keepaliveInterval: Duration
    /// A host that sends nothing for this long is lost.
    public var silenceLimit: Duration
    /// Threads that serve connections; one is enough for a thousand hosts.
    public var threadCount: Int

    private static var homeDirectory: String { getenv("HOME").map { String(cString: $0) } ?? "/" }

    /// A path as people write it, with the user's home directory for a leading `~/`.
    static func expanded(_ path: String) -> String { path.hasPrefix("~/") ? homeDirectory + path.dropFirst() : path }

    /// The defaults of OpenSSH: the user's and the system's known hosts, the agent of the environment, the user's keys.
    public init() {
        let home = Self.homeDirectory
        knownHostsFiles = ["\(home)/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"]
        agentSocket = getenv("SSH_AUTH_SOCK").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        // ssh's order (ssh_config(5), IdentityFile); an id_ed25519_sk is only found to be named.
        defaultIdentityFiles = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"]
            .map { "\(home)/.ssh/\($0)" }
        passphrase = { _ in nil }
        hostKeyRecorded = { _ in }
        sudoPassword = { _ in nil }
        keepaliveInterval = .seconds(5)
        silenceLimit = .seconds(45)
        threadCount = 1
    }
}
