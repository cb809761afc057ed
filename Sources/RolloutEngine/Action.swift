import FleetModel

/// What the engine wants done. The driver performs it and answers with an ``Event``.
public enum Action: Hashable, Sendable {
    /// Answered by ``Event/operationFinished(_:on:_:)`` within `deadline`, whatever the host does.
    /// `attempt` counts from 1: a host that is retried does the operation anew.
    case perform(HostOperation, on: HostName, attempt: Int, deadline: Duration)
    /// Answered by ``Event/hookFinished(_:_:)``.
    case runHook(CoordinatorHook)
    /// Brings every balancer to this allocation and reads it back from each; answered by
    /// ``Event/trafficShifted(attempt:_:)``. No host is being drained or admitted meanwhile.
    case shiftTraffic(TrafficAllocation, attempt: Int)
    /// Measures afresh, whatever was measured before; answered by ``Event/analysed(_:attempt:_:)``.
    case analyse(AnalysisName, attempt: Int)
    /// Answered by ``Event/schemaHookFinished(_:_:)``. What has been run once is not run again: asked anew, the host
    /// tells what came of it.
    case runSchemaHook(SchemaHook, on: HostName)
    /// Answered by ``Event/timerFired(_:)`` at `deadline`; replaces a running timer of that name.
    case startTimer(RolloutTimer, deadline: RolloutInstant)
    case cancelTimer(RolloutTimer)
    /// At a safe point that only a person, or a timer, leads on from: stay, and wait for the next word.
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
