/// What is still to happen in virtual time, soonest first; at the same moment, first added first.
struct Agenda<Happening> {
    private struct Entry {
        var time: Int64
        var order: Int
        var happening: Happening

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    // A binary heap: the children of `i` are at `2i + 1` and `2i + 2`.
    private var entries: [Entry] = []
    private var added = 0

    mutating func add(_ happening: Happening, at time: Int64) {
        entries.append(Entry(time: time, order: added, happening: happening))
        added += 1
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
        return (first.time, first.happening)
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
