import HostAccess

/// What became of the agent on one host.
public struct Installation: Hashable, Sendable {
    /// What had to be done.
    public enum Change: Hashable, Sendable {
        /// There was none.
        case installed
        /// Another binary was there; nil where it did not tell its version.
        case upgraded(from: String?)
        /// The binary was there; its service was not as it should be.
        case repaired
        /// Everything was as it should be, and the agent answered.
        case unchanged
    }

    /// What had to be done.
    public var change: Change
    /// What the running agent says of itself.
    public var agentVersion: String
    /// Whose agent it is.
    public var scope: AgentScope
    /// What starts it.
    public var supervisor: Supervisor

    public init(change: Change, agentVersion: String, scope: AgentScope, supervisor: Supervisor) {
        self.change = change
        self.agentVersion = agentVersion
        self.scope = scope
        self.supervisor = supervisor
    }
}
