/// A promise that was broken, and when.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// The promises of a rollout.
    public enum Promise: String, Hashable, Sendable {
        case capacity, batchOrder, parallelism, failureBudget, conduct, restoration, truthfulEnding, liveness, retry,
            replay, traffic, schema, hours, gate, domains, retreat, allocation, rehearsal, reversal, skip
    }

    public var promise: Promise
    public var text: String
    /// Virtual milliseconds since the beginning.
    public var time: Int64

    public var description: String { "\(promise.rawValue) at \(Double(time) / 1000)s: \(text)" }
}
