/// Runs `body`, cancelled when the time is up.
///
/// - Parameter limit: By the clock that goes on while the machine sleeps.
/// - Returns: What `body` answered; nil where it did not in time. It has ended by then: whoever ignores cancellation is
///   waited for.
public func withTimeLimit<Answer: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async -> Answer
) async -> Answer? {
    await withTaskGroup(of: Answer?.self) { group in
        group.addTask { await body() }
        group.addTask {
            // Cancelled as soon as the body has answered.
            try? await Task.sleep(for: limit)
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
}
