/// Runs `body`, whose task is cancelled at the first Ctrl-C; the second leaves at once. Answers whether there was one.
func untilInterrupted<Answer: Sendable>(
    _ body: @escaping @Sendable () async throws -> Answer
) async throws -> (answer: Answer, wasInterrupted: Bool) {
    let (interruptions, continuation) = AsyncStream.makeStream(of: Void.self)
    // Before the body begins, which may ask for a password and listen to the same signals.
    let signals = SignalWatch {
        Terminal.standard.clearLine()
        continuation.yield()
    }
    let task = Task { try await body() }
    let cancelling = Task { for await _ in interruptions { task.cancel() } }
    defer {
        signals.stop()
        cancelling.cancel()
    }
    return (try await task.value, task.isCancelled)
}
