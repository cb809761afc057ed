import HostAccess

/// Where an agent lives on a host. A path that begins with `~/` is in the login user's home directory.
public struct AgentLayout: Hashable, Sendable {
    /// Whose agent it is.
    public var scope: AgentScope
    /// The agent's executable.
    public var binaryPath: String
    /// The systemd unit's file.
    public var unitPath: String
    /// The systemd unit's name, and without `.service` the runit service's.
    public var unitName: String
    /// What the agent keeps: claims, ledgers, artifacts that arrive.
    public var stateDirectory: String
    /// Where its socket is; empty for below `XDG_RUNTIME_DIR`.
    public var runtimeDirectory: String
    /// The runit service's directory; empty where runit is not used.
    public var runitDirectory: String
    /// What runit's svlogd writes to; empty where runit is not used.
    public var logDirectory: String
    /// A directory that exists exactly where systemd runs the host (sd_booted(3)).
    public var systemdDirectory = "/run/systemd/system"

    /// Root's agent, the one of the whole host.
    public static let system = AgentLayout(
        scope: .system, binaryPath: "/usr/local/bin/coord-agent",
        unitPath: "/etc/systemd/system/coord-agent.service", unitName: "coord-agent.service",
        stateDirectory: "/var/lib/coord-agent", runtimeDirectory: "/run/coord-agent",
        runitDirectory: "/etc/sv/coord-agent", logDirectory: "/var/log/coord-agent"
    )

    /// The login user's own.
    public static let user = AgentLayout(
        scope: .user, binaryPath: "~/.local/bin/coord-agent", unitPath: "~/.config/systemd/user/coord-agent.service",
        unitName: "coord-agent.service", stateDirectory: "~/.local/state/coord-agent", runtimeDirectory: "",
        runitDirectory: "", logDirectory: ""
    )

    /// The layout that is in use for `scope`.
    public init(for scope: AgentScope) {
        switch scope {
        case .system: self = .system
        case .user: self = .user
        }
    }

    init(
        scope: AgentScope, binaryPath: String, unitPath: String, unitName: String, stateDirectory: String,
        runtimeDirectory: String, runitDirectory: String, logDirectory: String
    ) {
        self.scope = scope
        self.binaryPath = binaryPath
        self.unitPath = unitPath
        self.unitName = unitName
        self.stateDirectory = stateDirectory
        self.runtimeDirectory = runtimeDirectory
        self.runitDirectory = runitDirectory
        self.logDirectory = logDirectory
    }

    /// Only root opens the system's agent's socket.
    func needsSudo(for user: String) -> Bool { scope == .system && user != "root" }

    /// What bridges a command's standard streams to the agent's socket. Root's is a plain command, so that sudoers(5)
    /// can allow that one and no other.
    public func attachCommand(for user: String) -> Command {
        guard binaryPath.hasPrefix("~/") else {
            return Command([binaryPath, "attach", "--marked"], asRoot: needsSudo(for: user))
        }
        return Command(["sh", "-c", "exec \"$HOME/\(binaryPath.dropFirst(2))\" attach --marked"])
    }
}
