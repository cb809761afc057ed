/// What starts the agent on a host, and starts it again when it ends.
public enum Supervisor: String, Hashable, Sendable, CaseIterable {
    case systemd
    case runit
    /// Nothing does: the first connection starts it.
    case nothing = "none"
}
