import FleetModel

/// Cuts hosts into batches of which none needs more than the promises about domains allow.
///
/// Hosts of one domain go together: of the hosts in their order, the next is the first whose domain may still be
/// touched by this batch. Hosts that are sick already cost no promise, and keep their place.
struct BatchComposer {
    private let promises: [DomainPromise]
    /// Hosts that are alike to the promises, in their order, the earliest queue first; none is empty.
    private var queues: [Queue] = []

    init(_ hosts: [PlannedHost], keeping promises: [DomainPromise]) {
        self.promises = promises
        var indices: [[String?]: Int] = [:]
        for host in hosts {
            let values = promises.map { host.isSick ? nil : host.domains[$0.label] }
            if let index = indices[values] {
                queues[index].hosts.append(host.name)
            } else {
                indices[values] = queues.count
                queues.append(Queue(values: values, hosts: [host.name]))
            }
        }
    }

    var isEmpty: Bool { queues.isEmpty }

    /// The next batch of at most `size` hosts, and at least one; empty where none is left.
    mutating func next(_ size: Int) -> [HostName] {
        var batch: [HostName] = []
        var taken = promises.map { _ in [String: Int]() }
        var isAnyExhausted = false
        for index in queues.indices where batch.count < max(1, size) {
            let values = queues[index].values
            let count = min(max(1, size) - batch.count, room(for: values, beside: taken), queues[index].hosts.count)
            guard count > 0 else { continue }
            batch += queues[index].hosts.prefix(count)
            queues[index].hosts.removeFirst(count)
            isAnyExhausted = isAnyExhausted || queues[index].hosts.isEmpty
            for (promise, value) in values.enumerated() {
                if let value { taken[promise][value, default: 0] += count }
            }
        }
        if isAnyExhausted { queues.removeAll(where: \.hosts.isEmpty) }
        return batch
    }

    private func room(for values: [String?], beside taken: [[String: Int]]) -> Int {
        var room = Int.max
        for (index, promise) in promises.enumerated() {
            guard let value = values[index] else { continue }
            let count = taken[index][value]
            if count == nil, let maximum = promise.maximumDomains, taken[index].count >= max(1, maximum) { return 0 }
            if let maximum = promise.maximumUnavailable { room = min(room, max(1, maximum) - (count ?? 0)) }
        }
        return max(0, room)
    }

    private struct Queue {
        /// One for each promise; nil where the promise does not bind these hosts.
        var values: [String?]
        var hosts: ArraySlice<HostName>
    }
}
