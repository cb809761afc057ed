/// A moment on a clock whose type nobody needs to know.
struct Deadline: Sendable {
    private let timeLeft: @Sendable () -> Duration

    init(in duration: Duration, on clock: some Clock<Duration>) {
        let end = clock.now.advanced(by: duration)
        timeLeft = { clock.now.duration(to: end) }
    }

    /// Never negative.
    var remaining: Duration { max(.zero, timeLeft()) }
}
