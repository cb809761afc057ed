import FleetModel
import RolloutEngine
import RolloutStore
import Synchronization

/// A store whose coordinator dies at one write: that write and all that follow fail.
final class FailingStore: RolloutStore {
    enum Death: Sendable {
        /// Before the n-th append is durable, counted from 1.
        case beforeAppend(Int)
        /// After it, but before the coordinator hears of it.
        case afterAppend(Int)
        case beforeEnd
    }

    static let failure = StoreError.database(path: "state.db", problem: "the disk is gone")

    private struct State {
        var appends = 0
        var isDead = false
    }

    private let base: any RolloutStore
    private let death: Death
    private let state = Mutex(State())

    init(_ base: any RolloutStore, dying death: Death) {
        self.base = base
        self.death = death
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    func append(
        _ entries: [JournalEntry], taking requests: [AskedRequest.ID], under lease: Lease
    ) throws(StoreError) {
        try write()
        let count = state.withLock { state in
            state.appends += 1
            return state.appends
        }
        if case .beforeAppend(count) = death { throw die() }
        try base.append(entries, taking: requests, under: lease)
        if case .afterAppend(count) = death { throw die() }
    }

    func end(_ ending: Ending, under lease: Lease) throws(StoreError) {
        try write()
        if case .beforeEnd = death { throw die() }
        try base.end(ending, under: lease)
    }

    func keep(_ measurement: AnalysisMeasurement, under lease: Lease) throws(StoreError) {
        try write()
        try base.keep(measurement, under: lease)
    }

    func measurements(of rollout: RolloutID) throws(StoreError) -> [KeptMeasurement] {
        try base.measurements(of: rollout)
    }

    private func die() -> StoreError {
        state.withLock { $0.isDead = true }
        return Self.failure
    }

    private func write() throws(StoreError) { if isDead { throw Self.failure } }

    func create(_ rollout: NewRollout, for holder: String, epochAbove: UInt64) throws(StoreError) -> Lease {
        try base.create(rollout, for: holder, epochAbove: epochAbove)
    }
    func holder(of domain: String) throws(StoreError) -> LockHolder? { try base.holder(of: domain) }
    func takeOver(_ rollout: RolloutID, for holder: String, epochAbove: UInt64) throws(StoreError) -> Lease {
        try base.takeOver(rollout, for: holder, epochAbove: epochAbove)
    }
    func renew(_ lease: Lease) throws(StoreError) {
        try write()
        try base.renew(lease)
    }
    func release(_ lease: Lease) throws(StoreError) {
        try write()
        try base.release(lease)
    }
    func journal(of rollout: RolloutID) throws(StoreError) -> [JournalEntry] { try base.journal(of: rollout) }
    func rollout(_ id: RolloutID) throws(StoreError) -> RolloutRecord { try base.rollout(id) }
    func rollouts(limit: Int) throws(StoreError) -> [RolloutRecord] { try base.rollouts(limit: limit) }
    func ask(
        _ request: OperatorRequest, of rollout: RolloutID, by person: String
    ) throws(StoreError) -> AskedRequest.ID { try base.ask(request, of: rollout, by: person) }
    func waitingRequests(of rollout: RolloutID) throws(StoreError) -> [AskedRequest] {
        try base.waitingRequests(of: rollout)
    }
}
