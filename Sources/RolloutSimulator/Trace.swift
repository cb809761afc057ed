import FleetModel
import RolloutEngine

/// What really happened, in order: on the hosts, and between them and the coordinator.
public struct Trace: Sendable {
    /// One fact, and when it was so.
    public struct Record: Sendable {
        /// Virtual milliseconds since the beginning, the coordinator's absences included.
        public var time: Int64
        public var fact: Fact
    }

    /// What can happen.
    public enum Fact: Sendable {
        /// Journalled and seen by the engine.
        case handled(Event)
        /// Done by the driver.
        case did(Action)
        /// The agent began an operation.
        case began(HostOperation, on: HostName, attempt: Int)
        case ended(HostOperation, on: HostName, attempt: Int, OperationOutcome)
        /// The host said, truly, what it runs.
        case inspected(HostName, HostObservation)
        /// A release that had been healthy died.
        case died(HostName)
        /// What a balancer does from now on; restarted: it has forgotten what it was told.
        case balanced(Int, TrafficAllocation, isRestarted: Bool)
        case wentDown(HostName)
        case cameUp(HostName)
        case crashed
        /// Nobody resumed the suspended rollout.
        case left
        /// Nothing more can happen, and the rollout is neither over nor suspended.
        case stalled
        /// It went on for longer than any rollout may.
        case ranTooLong
        /// Rebuilt from the journal, the engine decided differently about that event.
        case replayDiffered(at: Int)
    }

    public internal(set) var records: [Record] = []
    /// The events that the engine was fed.
    public internal(set) var eventCount = 0

    mutating func add(_ fact: Fact, at time: Int64) { records.append(Record(time: time, fact: fact)) }

    /// The last lines, for people.
    public func text(lastLines: Int = 60) -> String {
        records.suffix(lastLines).map { record in
            let fact = "\(record.fact)".replacing("RolloutEngine.", with: "").replacing("HostOperation.", with: "")
            return "\(Double(record.time) / 1000)s \(fact.replacing("OperationOutcome.", with: ""))"
        }.joined(separator: "\n")
    }
}
