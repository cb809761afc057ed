import HostAccess

/// Where an agent lives on a host.
public struct AgentLayout: Hashable, Sendable {
    /// The agent's executable.
    public var binaryPath: String
    /// The systemd unit's file.
    public var unitPath: String
    /// The systemd unit's name.
    public var unitName: String
    /// A directory that exists exactly where systemd runs the host (sd_booted(3)).
    public var systemdDirectory: String

    public init(binaryPath: String, unitPath: String, unitName: String, systemdDirectory: String) {
        self.binaryPath = binaryPath
        self.unitPath = unitPath
        self.unitName = unitName
        self.systemdDirectory = systemdDirectory
    }

    /// The one layout that is in use outside tests.
    public static let standard = AgentLayout(
        binaryPath: "/usr/local/bin/coord-agent", unitPath: "/etc/systemd/system/coord-agent.service",
        unitName: "coord-agent.service", systemdDirectory: "/run/systemd/system"
    )

    /// What bridges a command's standard streams to the agent's socket, which only root may open.
    public func attachCommand(for user: String) -> Command {
        Command([binaryPath, "attach"], asRoot: user != "root")
    }
}
