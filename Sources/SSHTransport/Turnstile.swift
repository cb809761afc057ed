import NIOCore

/// Lets so many in at a time; the others wait in line.
///
/// The number falls by half when those let in turn out to be too many, and rises by one with each success.
actor Turnstile {
    struct Pass: Hashable, Sendable { fileprivate var number: Int }

    private let maximum: Int
    /// How long somebody who was let in counts at most; nil for as long as it takes.
    private let countedTime: TimeAmount?
    private let eventLoop: any EventLoop
    private let line: WaitingLine<Pass>
    private var limit: Int
    private var inside: Set<Pass> = []
    private var lastNumber = 0

    init(maximum: Int, countedTime: TimeAmount? = nil, eventLoop: any EventLoop) {
        self.maximum = maximum
        self.countedTime = countedTime
        self.eventLoop = eventLoop
        limit = maximum
        line = WaitingLine(eventLoop: eventLoop)
    }

    /// Waits for a turn; nil when cancelled or out of time.
    func enter(until limit: TimeLimit) async -> Pass? {
        if inside.count < self.limit, line.isEmpty { return admit() }
        return await line.wait(until: limit)
    }

    func leave(_ pass: Pass) {
        inside.remove(pass)
        admitNext()
    }

    func narrow() { limit = max(1, limit / 2) }

    func widen() {
        limit = min(maximum, limit + 1)
        admitNext()
    }

    private func admit() -> Pass {
        lastNumber += 1
        let pass = Pass(number: lastNumber)
        inside.insert(pass)
        if let countedTime {
            eventLoop.scheduleTask(in: countedTime) { Task { await self.leave(pass) } }
        }
        return pass
    }

    private func admitNext() {
        while inside.count < limit, !line.isEmpty {
            let pass = admit()
            if !line.call(pass) { inside.remove(pass) }
        }
    }
}
