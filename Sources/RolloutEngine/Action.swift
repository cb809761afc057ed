import FleetModel

/// What the engine wants done. The driver performs it and answers with an ``Event``.
public enum Action: Hashable, Sendable {
    /// Answered by ``Event/operationFinished(_:on:_:)`` within `deadline`, whatever the host does.
    /// `attempt` counts from 1: a host that is retried does the operation anew.
    case perform(HostOperation, on: HostName, attempt: Int, deadline: Duration)
    /// Answered by ``Event/hookFinished(_:_:)``.
    case runHook(CoordinatorHook)
    /// Answered by ``Event/timerFired(_:)`` at `deadline`; replaces a running timer of that name.
    case startTimer(RolloutTimer, deadline: RolloutInstant)
    case cancelTimer(RolloutTimer)
    /// Paused at a safe point because a person asked: stay, and wait for the next word.
    case wait(reason: String)
    /// Stop driving; the rollout can be resumed.
    case suspend(Suspension)
    /// The rollout is over.
    case end(Ending)
}

/// Why a rollout waits.
public enum Suspension: Hashable, Sendable, Codable {
    /// It needs a person, for the reason given.
    case paused(reason: String)
    /// The coordinator was told to leave.
    case interrupted
}
