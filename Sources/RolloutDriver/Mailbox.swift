import Synchronization

/// Messages for one reader, who takes all that have come at once: so that one commit makes many events durable.
final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var reader: CheckedContinuation<[Message], Never>?
    }

    private let state = Mutex(State())

    func post(_ message: Message) {
        let reader = state.withLock { state -> (CheckedContinuation<[Message], Never>, [Message])? in
            state.messages.append(message)
            guard let reader = state.reader else { return nil }
            defer { state = State() }
            return (reader, state.messages)
        }
        if let (reader, messages) = reader { reader.resume(returning: messages) }
    }

    /// Waits for at least one message. One reader at a time.
    func takeAll() async -> [Message] {
        await withCheckedContinuation { continuation in
            let messages = state.withLock { state -> [Message] in
                guard state.messages.isEmpty else {
                    defer { state.messages = [] }
                    return state.messages
                }
                precondition(state.reader == nil, "a mailbox has one reader")
                state.reader = continuation
                return []
            }
            if !messages.isEmpty { continuation.resume(returning: messages) }
        }
    }
}
