import HostAccess
import NIOCore

/// A channel of a session, as the session drives it.
protocol DrivenChannel: AnyObject {
    /// It has to be opened, or to ask for something, which only one channel of a session can do at a time.
    var isStarting: Bool { get }
    var hasRequestUnderWay: Bool { get }
    var isEnded: Bool { get }
    /// Runs when the time for the present phase is up.
    var alarm: Scheduled<Void>? { get set }

    /// Does what can be done now; true when something moved, so that everybody has to be asked again.
    ///
    /// - Throws: `CallFailure.broken` when the session cannot go on.
    func poll(_ engine: Engine, hasRoom: () -> Bool) throws(CallFailure) -> Bool
    /// The session is gone and has taken the channel with it.
    func sessionFailed(_ error: HostAccessError)
}

extension CommandChannel: DrivenChannel {}
