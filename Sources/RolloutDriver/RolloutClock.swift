import RolloutEngine

/// The rollout's clock: goes on from the last journalled moment, and stood still while no coordinator ran or the
/// machine slept.
struct RolloutClock {
    private let base: RolloutInstant
    private let start = SuspendingClock.now

    init(after last: RolloutInstant?) { base = last ?? .zero }

    var now: RolloutInstant { base + (SuspendingClock.now - start) }

    /// Never negative.
    func timeUntil(_ deadline: RolloutInstant) -> Duration {
        max(.zero, .milliseconds(deadline.milliseconds) - .milliseconds(now.milliseconds))
    }
}
