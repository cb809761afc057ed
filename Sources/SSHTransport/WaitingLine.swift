import NIOConcurrencyHelpers
import NIOCore

/// Those who wait for their turn, in the order in which they came; each until it is called, cancelled or out of time.
final class WaitingLine<Turn: Sendable>: Sendable {
    private struct Waiter {
        var id: Int
        var arrival: ContinuousClock.Instant
        var continuation: CheckedContinuation<Turn?, Never>
    }

    private struct State {
        var lastID = 0
        var waiters: [Waiter] = []
    }

    private let state = NIOLockedValueBox(State())
    /// Its timers say when the time is up.
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    var isEmpty: Bool { state.withLockedValue { $0.waiters.isEmpty } }
    /// When the first in line came.
    var oldestArrival: ContinuousClock.Instant? { state.withLockedValue { $0.waiters.first?.arrival } }

    /// Waits in line without leaving the caller's actor first, so that whoever saw that there is no turn to be had
    /// stands in line before another can give one. Nil when cancelled or out of time.
    func wait(until limit: TimeLimit, isolation: isolated (any Actor)? = #isolation) async -> Turn? {
        let id = state.withLockedValue { state in
            state.lastID += 1
            return state.lastID
        }
        let alarm = eventLoop.scheduleTask(in: TimeAmount(bounded: limit.remaining)) { self.dismiss(id) }
        defer { alarm.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { join($0, id: id, isTooLate: limit.hasPassed) }
        } onCancel: {
            dismiss(id)
        }
    }

    /// Gives the first in line its turn; false where nobody waits.
    func call(_ turn: Turn) -> Bool {
        let first = state.withLockedValue { $0.waiters.isEmpty ? nil : $0.waiters.removeFirst() }
        first?.continuation.resume(returning: turn)
        return first != nil
    }

    private func join(_ continuation: CheckedContinuation<Turn?, Never>, id: Int, isTooLate: Bool) {
        let hasJoined = state.withLockedValue { state in
            // A dismissal that came before this found nobody; one that comes later waits for the lock.
            guard !isTooLate, !Task.isCancelled else { return false }
            state.waiters.append(Waiter(id: id, arrival: .now, continuation: continuation))
            return true
        }
        if !hasJoined { continuation.resume(returning: nil) }
    }

    private func dismiss(_ id: Int) {
        state.withLockedValue { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
        }?.resume(returning: nil)
    }
}
