import FleetModel

/// Whose agent a host runs.
public enum AgentScope: String, Hashable, Sendable, Codable {
    /// Root's: reached through sudo by everyone else.
    case system
    /// The login user's own, with no privilege needed.
    case user
}

/// Where a host is and who to be there.
public struct HostEndpoint: Hashable, Sendable, Codable {
    public var name: HostName
    /// A DNS name or an IP address, IPv6 without brackets.
    public var address: String
    public var port: Int
    public var user: String
    /// Key files to try, in order, before the ssh-agent's other keys; empty means the agent's, then the default files.
    public var identityFiles: [String]
    public var settings: SSHSettings
    /// The hosts to go through, the one that is reached from here first: ssh's `ProxyJump`.
    public var jumps: [HostEndpoint]
    public var agentScope: AgentScope

    public init(
        name: HostName, address: String, port: Int = 22, user: String, identityFiles: [String] = [],
        settings: SSHSettings = SSHSettings(), jumps: [HostEndpoint] = [], agentScope: AgentScope = .system
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.identityFiles = identityFiles
        self.settings = settings
        self.jumps = jumps
        self.agentScope = agentScope
    }
}

/// Makes connections to hosts.
public protocol HostConnector: Sendable {
    /// Connects, checks the host's key and authenticates; all of it within `deadline`.
    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection
}

/// One authenticated connection to one host. Any failure of the link ends it and every use of it.
public protocol HostConnection: Sendable {
    /// Runs a command to its end. `input` is its whole standard input; each output stream is kept up to `outputLimit`
    /// bytes. A command that ended badly, or whose end is unknown, is an outcome, not an error.
    func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome

    /// Starts a command and leaves its standard streams open.
    func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream

    /// Ends the connection and everything on it; never fails, and may be called again.
    func close() async
}

/// The standard streams of a running remote command. One reader and one writer at a time.
public protocol HostStream: Sendable {
    /// Sends bytes to standard input; waits while the peer is slow.
    func write(_ bytes: [UInt8]) async throws(HostAccessError)

    /// The next bytes of standard output, or nil at its end.
    func read() async throws(HostAccessError) -> [UInt8]?

    /// After the end of output: how the command ended, and the last bytes (at most 4 KiB) of its standard error.
    func ending() async -> (CommandEnding, errorTail: [UInt8])

    /// Closes the stream; never fails, and may be called again.
    func close() async
}
