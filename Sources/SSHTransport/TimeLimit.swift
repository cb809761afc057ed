/// How long something may take in all, and how much of that is left.
struct TimeLimit: Sendable {
    /// All of it, for messages.
    let patience: Duration
    private let end: ContinuousClock.Instant

    init(_ patience: Duration) {
        self.patience = patience
        end = .now + patience
    }

    /// Never negative.
    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }
    var hasPassed: Bool { remaining == .zero }
}
