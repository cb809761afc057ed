/// Nil where `body` did not end in time; it has been cancelled then, and has ended.
func withTimeLimit<Answer: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async -> Answer
) async -> Answer? {
    await withTaskGroup(of: Answer?.self) { group in
        group.addTask { await body() }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        let first = await group.next().flatMap(\.self)
        group.cancelAll()
        return first
    }
}
