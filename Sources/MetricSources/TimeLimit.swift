/// Runs `body`, cancelled when the time is up: nil then, whatever it answered.
func within<Answer: Sendable>(
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
