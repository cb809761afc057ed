/// What a configuration makes of one host. What is nil or empty is not set.
public struct SSHHost: Hashable, Sendable {
    /// `IdentityAgent`
    public enum IdentityAgent: Hashable, Sendable {
        /// The one of `SSH_AUTH_SOCK`.
        case environment
        case none
        /// The path of its socket.
        case socket(String)
    }

    /// The name that was asked for: `%n`.
    public var originalName: String
    /// The DNS name or address to connect to.
    public var hostName: String
    public var port: Int?
    public var user: String
    /// In the order to try them; `~`, tokens and variables are expanded, as in all paths here.
    public var identityFiles: [String] = []
    /// `IdentityFile none` alone: not even the default files.
    public var hasNoIdentityFiles = false
    public var certificateFiles: [String] = []
    public var identitiesOnly: Bool?
    public var identityAgent: IdentityAgent?
    public var userKnownHostsFiles: [String]?
    public var globalKnownHostsFiles: [String]?
    public var hostKeyChecking: HostKeyChecking?
    public var hostKeyAlias: String?
    /// Seconds.
    public var connectTimeout: Int?
    /// Seconds; zero for never.
    public var aliveInterval: Int?
    public var aliveCountMaximum: Int?
    /// For a shell, with all tokens expanded.
    public var proxyCommand: String?

    init(originalName: String, hostName: String, user: String) {
        self.originalName = originalName
        self.hostName = hostName
        self.user = user
    }
}

/// The way to a host.
public struct SSHRoute: Hashable, Sendable {
    public var host: SSHHost
    /// The hosts to go through, the one that is reached from here first.
    public var jumps: [SSHHost]
}
