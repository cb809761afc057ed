import FleetModel
import Foundation
import RolloutEngine

/// Where rollouts are kept so that they survive whoever runs them: append events, read them, lease with epoch.
///
/// One rollout at a time may hold a lock domain (a service of one inventory). The lock belongs to the rollout and goes
/// with its end; the lease belongs to the coordinator that drives it now, and expires. Whoever takes a lease over gets
/// a higher epoch, and every write of the one before is refused.
public protocol RolloutStore: Sendable {
    /// Records a new rollout and takes its domain's lock and lease.
    /// - Throws: ``StoreError/held(_:)`` where another rollout holds the domain.
    func create(_ rollout: NewRollout, for holder: String, epochAbove: UInt64) throws(StoreError) -> Lease

    /// Who holds a lock domain; nil where it is free.
    func holder(of domain: String) throws(StoreError) -> LockHolder?

    /// Takes over the lease of a rollout that has not ended.
    /// - Throws: ``StoreError/held(_:)`` while another coordinator's lease lives, ``StoreError/ended(_:)``,
    ///   ``StoreError/unknownRollout(_:)``.
    func takeOver(_ rollout: RolloutID, for holder: String, epochAbove: UInt64) throws(StoreError) -> Lease

    /// Prolongs the lease by ``Lease/duration``.
    /// - Throws: ``StoreError/leaseLost(_:)`` where another coordinator has it.
    func renew(_ lease: Lease) throws(StoreError)

    /// Gives the lease back; the lock stays until the rollout ends.
    func release(_ lease: Lease) throws(StoreError)

    /// Makes events durable, in order, all or none, and with them that these requests have been taken: a request acts
    /// exactly once, whenever its coordinator dies.
    /// - Throws: ``StoreError/leaseLost(_:)`` where another coordinator has the lease.
    func append(
        _ entries: [JournalEntry], taking requests: [AskedRequest.ID], under lease: Lease
    ) throws(StoreError)

    /// Keeps a measurement; of each analysis, those from before the change and the newest of the others.
    /// - Throws: ``StoreError/leaseLost(_:)`` where another coordinator has the lease.
    func keep(_ measurement: AnalysisMeasurement, under lease: Lease) throws(StoreError)

    /// A rollout's measurements as far as they are kept, in order.
    func measurements(of rollout: RolloutID) throws(StoreError) -> [KeptMeasurement]

    /// Records the ending, and gives back lock and lease.
    func end(_ ending: Ending, under lease: Lease) throws(StoreError)

    /// A rollout's events, in order.
    func journal(of rollout: RolloutID) throws(StoreError) -> [JournalEntry]

    /// One rollout.
    /// - Throws: ``StoreError/unknownRollout(_:)``.
    func rollout(_ id: RolloutID) throws(StoreError) -> RolloutRecord

    /// The rollouts there are, newest first, at most `limit`.
    func rollouts(limit: Int) throws(StoreError) -> [RolloutRecord]

    /// Leaves word for the coordinator that drives the rollout, or for the next.
    /// - Throws: ``StoreError/ended(_:)``, ``StoreError/unknownRollout(_:)``.
    func ask(_ request: OperatorRequest, of rollout: RolloutID, by person: String) throws(StoreError) -> AskedRequest.ID

    /// The words that were left and not taken yet, in order.
    func waitingRequests(of rollout: RolloutID) throws(StoreError) -> [AskedRequest]
}

extension RolloutStore {
    /// Makes events durable, in order, all or none.
    /// - Throws: ``StoreError/leaseLost(_:)`` where another coordinator has the lease.
    public func append(_ entries: [JournalEntry], under lease: Lease) throws(StoreError) {
        try append(entries, taking: [], under: lease)
    }
}

/// A rollout about to begin.
public struct NewRollout: Sendable {
    public var id: RolloutID
    /// What only one rollout may hold at a time.
    public var domain: String
    public var service: ServiceName
    public var release: ReleaseID
    /// All that a coordinator needs to drive it, opaque to the store.
    public var job: Data

    public init(id: RolloutID, domain: String, service: ServiceName, release: ReleaseID, job: Data) {
        self.id = id
        self.domain = domain
        self.service = service
        self.release = release
        self.job = job
    }
}

/// A rollout as it stands in the store.
public struct RolloutRecord: Sendable {
    public var id: RolloutID
    public var domain: String
    public var service: ServiceName
    public var release: ReleaseID
    public var job: Data
    public var startedBy: String
    public var startedAt: Date
    public var endedAt: Date?
    public var ending: Ending?
    /// The coordinator that drives it now; nil where nobody does.
    public var lease: LeaseHolder?
}

/// An event and when it happened.
public struct JournalEntry: Hashable, Sendable {
    public var event: Event
    public var at: RolloutInstant
    /// By the clock on the wall; nil before it has been recorded.
    public internal(set) var recordedAt: Date?

    public init(_ event: Event, at: RolloutInstant) {
        self.event = event
        self.at = at
    }
}

/// A measurement and when it was kept.
public struct KeptMeasurement: Hashable, Sendable {
    public var measurement: AnalysisMeasurement
    /// By the clock on the wall.
    public var recordedAt: Date
}

/// The right to drive one rollout, until it expires.
public struct Lease: Hashable, Sendable {
    public let rollout: RolloutID
    public let domain: String
    /// Higher than that of every earlier lease of the domain.
    public let epoch: UInt64
    public let holder: String

    /// How long a lease lives without being renewed. Shorter ones are lost under load (measured: 5 s at load 100).
    public static let duration: Duration = .seconds(15)
    /// How often it is to be renewed.
    public static let renewalInterval: Duration = .seconds(3)
}

/// Who drives a rollout.
public struct LeaseHolder: Hashable, Sendable {
    public var holder: String
    public var expiresAt: Date
}

/// Who holds a domain.
public struct LockHolder: Hashable, Sendable {
    public var rollout: RolloutID
    public var startedBy: String
    public var since: Date
    /// The coordinator that drives it now; nil where nobody does, so that it can be resumed.
    public var drivenBy: String?
}

/// A word left for a running rollout.
public struct AskedRequest: Hashable, Sendable, Identifiable {
    public let id: Int64
    public let request: OperatorRequest
    /// `user@machine`.
    public let by: String
}

/// Why the store refused.
public enum StoreError: Error, Hashable, Sendable {
    case held(LockHolder)
    case leaseLost(RolloutID)
    case ended(RolloutID)
    case unknownRollout(RolloutID)
    /// The database failed or holds what it should not: its path and SQLite's own words.
    case database(path: String, problem: String)
}
