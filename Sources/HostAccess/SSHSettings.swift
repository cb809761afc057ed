/// How to log in to one host, beyond where it is: what people set in ssh_config(5). Nothing is set at first.
public struct SSHSettings: Hashable, Sendable, Codable {
    /// Which ssh-agent is asked for keys.
    public enum IdentityAgent: Hashable, Sendable, Codable {
        /// The connector's, by default the one of `SSH_AUTH_SOCK`.
        case standard
        case none
        /// The path of its unix socket.
        case socket(String)
    }

    /// What to do with a host of which no key is known.
    public enum NewHostKey: String, Hashable, Sendable, Codable {
        case refused
        /// Trusted and recorded in the first of the known hosts files: `StrictHostKeyChecking accept-new`.
        case recorded
    }

    /// Only the identity files are tried, though the agent may hold (and sign for) them.
    public var identitiesOnly = false
    public var identityAgent = IdentityAgent.standard
    /// Certificates to log in with, beside those that lie as `KEY-cert.pub` beside the identity files.
    public var certificateFiles: [String] = []
    /// Nil means the connector's.
    public var knownHostsFiles: [String]?
    /// The name that the host's key is known under, instead of its address.
    public var hostKeyAlias: String?
    public var newHostKey = NewHostKey.refused
    /// Seconds for the TCP connection; nil means as long as the caller waits.
    public var connectTimeout: Int?
    /// Seconds of silence after which the host is asked for a sign of life; nil means the connector's.
    public var aliveInterval: Int?
    /// Unanswered signs of life after which the connection is lost; nil means the connector's limit.
    public var aliveCountMaximum: Int?
    /// A command of this machine whose standard streams lead to the host's sshd, instead of a TCP connection.
    public var proxyCommand: String?

    public init() {}
}
