/// Why a host could not be asked: typed, so that nobody has to read the text to decide.
public struct HostAccessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, for the code that decides what to do about it.
    public enum Reason: String, Hashable, Sendable, Codable {
        case addressNotFound, connectionRefused, connectionTimedOut, connectionLost
        case hostKeyUnknown, hostKeyChanged, hostKeyRevoked
        case noCommonAlgorithm, authenticationFailed, keyUnusable
        case sudoPasswordRequired, sudoPasswordRejected, sudoRefused
        case channelRefused, timedOut, protocolViolation, closed
        /// It was not even asked: too many others were. That says nothing of the host.
        case noTurn
    }

    public var reason: Reason
    /// One sentence, without the host's name: the caller knows whom it asked.
    public var problem: String
    public var hint: String?

    public init(_ reason: Reason, _ problem: String, hint: String? = nil) {
        self.reason = reason
        self.problem = problem
        self.hint = hint
    }

    public var description: String { problem }

    /// The link failed, not the host's answer: asking again later can help.
    public var isTransient: Bool {
        switch reason {
        case .connectionRefused, .connectionTimedOut, .connectionLost, .timedOut, .closed, .noTurn: true
        default: false
        }
    }
}
