import FleetModel

/// Something that is told how a rollout goes: reports, never decisions. Called from the driver's loop, in order; it
/// must return soon.
public protocol RolloutObserver: Sendable {
    func observe(_ news: RolloutNews)
}

/// News of a rollout.
public enum RolloutNews: Sendable {
    /// The loop begins, or goes on after the events journalled so far.
    case began(RolloutEngine, isResumed: Bool)
    /// An event has been journalled and taken in: the engine as it stands now.
    case happened(Event, at: RolloutInstant, RolloutEngine)
    /// What a host says while it performs an operation: one printable line, and the last printable output of what
    /// failed.
    case hostSaid(HostName, line: String, output: String)
    /// What a person should know of, though nothing has failed: one printable line; nil: of no one host.
    case noted(String, on: HostName?)
    /// The artifact on its way: bytes sent to this host, of all bytes to be sent to it.
    case sent(bytes: UInt64, of: UInt64, to: HostName)
    /// It is paused at a safe point, and this coordinator stays until a person says how it goes on.
    case waiting(reason: String)
    /// It stopped, resumable.
    case suspended(Suspension)
    /// It is over.
    case ended(Ending)
}
