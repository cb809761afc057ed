import RolloutEngine

/// What tells a person or a program how a rollout goes, also while nothing happens.
public protocol RolloutReporter: RolloutObserver {
    /// Call it every ``tickInterval`` while the rollout runs.
    /// - Parameter ownsTerminal: false while the shell, or another of its jobs, is in the foreground: nothing is drawn
    ///   over what they write.
    func tick(ownsTerminal: Bool)
}

extension RolloutReporter {
    /// How often a clock on the screen is drawn when nothing happens.
    public static var tickInterval: Duration { .milliseconds(250) }

    /// Programs are told what happens, and nothing else.
    public func tick(ownsTerminal: Bool) {}
}
