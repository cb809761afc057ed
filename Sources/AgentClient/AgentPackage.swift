import FleetModel
import HostAccess

/// What is installed: one agent for each architecture, all of one version, and what starts it.
public struct AgentPackage: Sendable {
    /// The texts of the files that tell a service manager to start the agent.
    public struct ServiceFiles: Sendable {
        /// The unit of root's agent (systemd.unit(5)).
        public let unit: String
        /// The unit of a user's own agent.
        public let userUnit: String
        /// runit's `run` script (runsv(8)).
        public let runScript: String
        /// runit's `log/run` script.
        public let logScript: String

        public init(unit: String, userUnit: String, runScript: String, logScript: String) {
            self.unit = unit
            self.userUnit = userUnit
            self.runScript = runScript
            self.logScript = logScript
        }

        /// In the order in which the installer's script takes them.
        func files(for supervisor: Supervisor, _ scope: AgentScope) -> [String] {
            switch supervisor {
            case .systemd: [scope == .user ? userUnit : unit]
            case .runit: [runScript, logScript]
            case .nothing: []
            }
        }
    }

    /// What every one of the binaries answers when it is greeted.
    public let version: String
    /// At most one an architecture.
    public let binaries: [AgentBinary]
    public let serviceFiles: ServiceFiles

    public init(version: String, binaries: [AgentBinary], serviceFiles: ServiceFiles) {
        self.version = version
        self.binaries = binaries
        self.serviceFiles = serviceFiles
    }
}
