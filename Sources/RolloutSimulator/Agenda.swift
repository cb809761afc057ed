import RolloutEngine

/// What can happen next in a simulated world; hosts by their index in the plan.
enum Happening {
    case delivery(host: Int, request: Int)
    case stepEnd(host: Int, step: Int)
    case reply(host: Int, request: Int, OperationOutcome)
    case deadline(host: Int, request: Int)
    case recovery(host: Int)
    case death(host: Int)
    /// Its power or its link goes away, until then.
    case outage(host: Int, until: Int64?, cutsPower: Bool)
    case coordinatorCrash
    /// Something for the coordinator of that incarnation.
    case news(Event, incarnation: Int)
    /// An answer that comes once more.
    case echo(Event, host: Int, attempt: Int, incarnation: Int)
    /// Left in the store for whoever drives the rollout, now or later.
    case word(OperatorRequest)
    case timer(RolloutTimer, generation: Int)
    /// The hours in which hosts may be started begin or end.
    case windowEdge
    case coordinatorStart
}

/// What is still to happen in virtual time, soonest first; at the same moment, first added first.
struct Agenda {
    private struct Entry {
        var time: Int64
        /// Where in `happenings` it is, which is also the order in which they were added.
        var index: Int

        func isBefore(_ other: Entry) -> Bool { time != other.time ? time < other.time : index < other.index }
    }

    // A binary heap: the children of `i` are at `2i + 1` and `2i + 2`.
    private var entries: [Entry] = []
    private var happenings: [Happening] = []

    mutating func add(_ happening: Happening, at time: Int64) {
        entries.append(Entry(time: time, index: happenings.count))
        happenings.append(happening)
        var child = entries.count - 1
        while child > 0, entries[child].isBefore(entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, happening: Happening)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return (first.time, happenings[first.index])
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].isBefore(entries[least]) { least = child }
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
