/// How long, and how often, a balancer is asked whether it does what is wanted.
struct Settling: Sendable {
    var timeout: Duration
    var interval: Duration
    var clock: any Clock<Duration>

    /// Returns as soon as there is no problem.
    ///
    /// - Throws: the problem there still is when the time is over; at once, what cannot get better by waiting.
    func wait(
        until problem: @Sendable () async throws(TrafficError) -> TrafficError?
    ) async throws(TrafficError) {
        try await wait(on: clock, until: problem)
    }

    private func wait<C: Clock<Duration>>(
        on clock: C, until problem: @Sendable () async throws(TrafficError) -> TrafficError?
    ) async throws(TrafficError) {
        let deadline = clock.now.advanced(by: timeout)
        while true {
            let left: TrafficError
            do throws(TrafficError) {
                guard let problem = try await problem() else { return }
                left = problem
            } catch {
                // A balancer that is being restarted is away for a moment; one that is set up wrongly stays so.
                guard error.kind == .unreachable else { throw error }
                left = error
            }
            guard clock.now < deadline else { throw left }
            do { try await clock.sleep(for: interval) } catch { throw left }
        }
    }
}
