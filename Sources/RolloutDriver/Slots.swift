import Synchronization

/// So many at once: the others wait in the order in which they came.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var lastID = 0
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(free: count)) }

    /// Waits for a slot; give it back with ``give()``.
    /// - Throws: `CancellationError` where the task was cancelled first; there is nothing to give back then.
    func take() async throws(CancellationError) {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue($0, id: id) }
        } onCancel: {
            leave(id)?.resume(returning: false)
        }
        guard isTaken else { throw CancellationError() }
    }

    func give() {
        state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }?.resume(returning: true)
    }

    private func enqueue(_ continuation: CheckedContinuation<Bool, Never>, id: Int) {
        let answer = state.withLock { state -> Bool? in
            // A cancellation that came before this found nobody to wake; one that comes later waits for the lock.
            if Task.isCancelled { return false }
            if state.free > 0 {
                state.free -= 1
                return true
            }
            state.waiting.append((id, continuation))
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func leave(_ id: Int) -> CheckedContinuation<Bool, Never>? {
        state.withLock { state in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
        }
    }
}
