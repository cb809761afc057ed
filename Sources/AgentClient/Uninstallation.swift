/// What became of the agent on a host that was to be rid of it.
public struct Uninstallation: Hashable, Sendable {
    /// How it ended.
    public enum Outcome: Hashable, Sendable {
        case removed
        /// There was none.
        case absent
        /// Nothing was done: a rollout holds a service of the host.
        case held(rollout: String, service: String, holder: String)
    }

    public var outcome: Outcome
    /// Where releases are, which stay as they are.
    public var installDirectories: [String]
    /// The user's service manager still runs without him being logged in, because of his other services.
    public var keepsLinger: Bool

    public init(outcome: Outcome, installDirectories: [String] = [], keepsLinger: Bool = false) {
        self.outcome = outcome
        self.installDirectories = installDirectories
        self.keepsLinger = keepsLinger
    }
}
