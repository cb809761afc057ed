import FleetModel
import HostAccess

/// What became of a command on one host.
public struct CommandAnswer: Sendable, Hashable {
    /// How far it came.
    public enum Result: Sendable, Hashable {
        /// It was run; how it ended is in the outcome.
        case ran(CommandOutcome)
        /// The host could not be asked.
        case unreachable(HostAccessError)
        /// We were interrupted while it ran: it may go on there.
        case interrupted
        /// It was never asked of this host.
        case notStarted
    }

    /// Which host.
    public var host: HostName
    /// What became of it.
    public var result: Result

    public init(host: HostName, result: Result) {
        self.host = host
        self.result = result
    }

    /// It ran, and ended with exit status 0.
    public var succeeded: Bool { if case .ran(let outcome) = result { outcome.succeeded } else { false } }
}
