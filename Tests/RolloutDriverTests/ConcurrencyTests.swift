import RolloutEngine
import Synchronization
import Testing

@testable import RolloutDriver

@Suite struct ConcurrencyTests {
    @Test func `a mailbox gives out all that has come, at once and in order`() async {
        let mailbox = Mailbox<Int>()
        mailbox.post(1)
        mailbox.post(2)
        #expect(await mailbox.takeAll() == [1, 2])
        async let next = mailbox.takeAll()
        mailbox.post(3)
        #expect(await next == [3])
    }

    @Test func `a mailbox loses nothing that many post at once`() async {
        let mailbox = Mailbox<Int>()
        let posting = Task {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<1000 { group.addTask { mailbox.post(number) } }
            }
        }
        var seen: Set<Int> = []
        while seen.count < 1000 { seen.formUnion(await mailbox.takeAll()) }
        await posting.value
    }

    @Test func `no more than the slots are taken at once`() async throws {
        let slots = Slots(count: 3)
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await slots.take()
                    counts.value.withLock { counts in
                        counts.now += 1
                        counts.highest = max(counts.highest, counts.now)
                    }
                    await Task.yield()
                    counts.value.withLock { $0.now -= 1 }
                    slots.give()
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.value.withLock { $0.highest } <= 3)
    }

    @Test func `a task that is cancelled while it waits takes no slot with it`() async throws {
        let slots = Slots(count: 1)
        try await slots.take()
        let waiting = (0..<50).map { _ in Task { try await slots.take() } }
        await Task.yield()
        for task in waiting { task.cancel() }
        for task in waiting { await #expect(throws: CancellationError.self) { try await task.value } }
        slots.give()
        try await slots.take()
    }

    @Test func `slots given and waits cancelled in the same moment leave every slot free`() async throws {
        let slots = Slots(count: 2)
        for _ in 0..<200 {
            let tasks = (0..<6).map { _ in
                Task {
                    try await slots.take()
                    await Task.yield()
                    slots.give()
                }
            }
            for task in tasks.dropFirst(3) { task.cancel() }
            for task in tasks { _ = await task.result }
        }
        try await slots.take()
        try await slots.take()
    }

    @Test func `the clock goes on from the journal, and no deadline is negative`() {
        let clock = RolloutClock(after: RolloutInstant(milliseconds: 60_000))
        #expect(clock.now >= RolloutInstant(milliseconds: 60_000))
        #expect(clock.timeUntil(.zero) == .zero)
        #expect(clock.timeUntil(RolloutInstant(milliseconds: .max)) > .seconds(1))
        #expect(RolloutClock(after: RolloutInstant(milliseconds: .min)).timeUntil(.init(milliseconds: .max)) > .zero)
    }
}

/// How many hold a slot now, and at most.
private final class Counts: Sendable {
    let value = Mutex((now: 0, highest: 0))
}
