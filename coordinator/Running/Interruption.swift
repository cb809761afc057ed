/// Runs `body`, whose task is cancelled at the first Ctrl-C; the second leaves at once. Answers whether there was one.
func untilInterrupted<Answer: Sendable>(
    _ body: @escaping @Sendable () async throws -> Answer
) async throws -> (answer: Answer, wasInterrupted: Bool) {
    let task = Task { try await body() }
    let signals = SignalWatch { task.cancel() }
    defer { signals.stop() }
    return (try await task.value, task.isCancelled)
}
