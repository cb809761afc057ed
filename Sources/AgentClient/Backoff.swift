/// How long to wait before connecting again: doubles up to a limit, and differs from host to host, so that a thousand
/// hosts behind one failed switch don't come back in the same instant.
struct Backoff: Sendable {
    static let first: Duration = .milliseconds(250)
    static let maximum: Duration = .seconds(5)

    /// Draws from 0..<1.
    let jitter: @Sendable () -> Double
    private var next = Self.first

    init(jitter: @escaping @Sendable () -> Double) { self.jitter = jitter }

    /// Between half of the step and the whole of it.
    mutating func nextDelay() -> Duration {
        let step = next
        next = min(next * 2, Self.maximum)
        return step * (0.5 + jitter() / 2)
    }
}
