import FleetModel
import Foundation
import GRDB
import RolloutEngine
import Synchronization
import Testing

@testable import RolloutStore

@Suite struct SQLiteStoreTests {
    let place = TemporaryPlace()

    @Test func `events come back in order after the database is opened again`() throws {
        let lease = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        let host = try #require(HostName("web-1"))
        let entries = [
            JournalEntry(.rolloutStarted, at: .zero),
            JournalEntry(.operationFinished(.stage, on: host, .succeeded), at: RolloutInstant(milliseconds: 12)),
            JournalEntry(
                .operationFinished(.watch, on: host, .failed(HostFailure(.unhealthy, "no"))),
                at: RolloutInstant(milliseconds: 99)),
        ]
        try place.store.append(Array(entries.prefix(1)), under: lease)
        try place.store.append(Array(entries.dropFirst()), under: lease)
        let reopened = try SQLiteStore(directory: place.directory)
        let journal = try reopened.journal(of: lease.rollout)
        #expect(journal.map { JournalEntry($0.event, at: $0.at) } == entries)
        #expect(journal.allSatisfy { $0.recordedAt == Date(timeIntervalSince1970: 1_000_000) })
    }

    @Test func `a second rollout of the domain is refused and told who holds it`() throws {
        _ = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        let refusal = #expect(throws: StoreError.self) {
            try place.store.create(place.rollout("r2"), for: "bob@ci", epochAbove: 0)
        }
        guard case .held(let holder) = refusal else { return #expect(Bool(false), "refused for another reason") }
        #expect(holder.rollout.text == "r1")
        #expect(holder.startedBy == "ann@laptop")
        #expect(holder.drivenBy == "ann@laptop")
        #expect(try place.store.holder(of: place.rollout("r2").domain) == holder)
        #expect(try place.store.holder(of: "another@inventory.ini") == nil)
    }

    @Test func `the lock outlives the lease, and a takeover fences the coordinator before`() throws {
        let first = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        #expect(throws: StoreError.self) { try place.store.takeOver(first.rollout, for: "bob@ci", epochAbove: 0) }
        place.advance(by: 16)
        #expect(throws: StoreError.self) { try place.store.create(place.rollout("r2"), for: "bob@ci", epochAbove: 0) }
        let second = try place.store.takeOver(first.rollout, for: "bob@ci", epochAbove: 0)
        #expect(second.epoch > first.epoch)
        #expect(throws: StoreError.leaseLost(first.rollout)) {
            try place.store.append([JournalEntry(.rolloutStarted, at: .zero)], under: first)
        }
        #expect(throws: StoreError.leaseLost(first.rollout)) { try place.store.renew(first) }
        try place.store.append([JournalEntry(.rolloutStarted, at: .zero)], under: second)
        #expect(try place.store.journal(of: first.rollout).count == 1)
    }

    @Test func `nobody waits for the lease of a coordinator that has gone`() throws {
        let lease = try SQLiteStore(directory: place.directory)
            .create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        #expect(try place.store.rollout(lease.rollout).lease == nil)
        let second = try place.store.takeOver(lease.rollout, for: "bob@ci", epochAbove: 0)
        #expect(second.epoch > lease.epoch)
        #expect(throws: StoreError.self) { try place.store.takeOver(lease.rollout, for: "eve@ci", epochAbove: 0) }
    }

    @Test func `a renewed lease is not taken over`() throws {
        let lease = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        place.advance(by: 10)
        try place.store.renew(lease)
        place.advance(by: 10)
        #expect(throws: StoreError.self) { try place.store.takeOver(lease.rollout, for: "bob@ci", epochAbove: 0) }
    }

    @Test func `the epoch is above every one seen on the hosts`() throws {
        let lease = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 41)
        #expect(lease.epoch == 42)
    }

    @Test func `the end frees the domain and stays in the history`() throws {
        let lease = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        let ending = try JSONDecoder().decode(Ending.self, from: Data(#"{"verdict":"complete","hosts":[]}"#.utf8))
        try place.store.end(ending, under: lease)
        let next = try place.store.create(place.rollout("r2"), for: "bob@ci", epochAbove: 0)
        #expect(next.epoch > lease.epoch)
        let history = try place.store.rollouts(limit: 10)
        #expect(history.map(\.id.text).sorted() == ["r1", "r2"])
        #expect(try place.store.rollout(lease.rollout).ending == ending)
        #expect(throws: StoreError.ended(lease.rollout)) {
            try place.store.takeOver(lease.rollout, for: "bob@ci", epochAbove: 0)
        }
    }

    @Test func `a request waits until an append takes it, whoever drives the rollout then`() throws {
        let lease = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        let first = try place.store.ask(.pause(reason: "lunch"), of: lease.rollout, by: "bob@ci")
        let second = try place.store.ask(.abort, of: lease.rollout, by: "eve@ci")
        #expect(second > first)
        let words = try SQLiteStore(directory: place.directory).waitingRequests(of: lease.rollout)
        #expect(words.map(\.request) == [.pause(reason: "lunch"), .abort])
        #expect(words.map(\.by) == ["bob@ci", "eve@ci"])
        try place.store.append([JournalEntry(.rolloutStarted, at: .zero)], taking: [first], under: lease)
        #expect(try place.store.waitingRequests(of: lease.rollout).map(\.id) == [second])
        place.advance(by: 16)
        let other = try place.store.takeOver(lease.rollout, for: "bob@ci", epochAbove: 0)
        #expect(throws: StoreError.leaseLost(lease.rollout)) {
            try place.store.append([], taking: [second], under: lease)
        }
        try place.store.append([], taking: [second], under: other)
        #expect(try place.store.waitingRequests(of: lease.rollout).isEmpty)
    }

    @Test func `what a newer coord asks is left alone`() throws {
        let lease = try place.store.create(place.rollout("r1"), for: "ann@laptop", epochAbove: 0)
        try place.store.database.write { db in
            var row = RequestRow(
                rollout: "r1", body: Data(#"{"postpone":{}}"#.utf8), by: "bob@ci", askedAt: Date())
            try row.insert(db)
        }
        _ = try place.store.ask(.abort, of: lease.rollout, by: "eve@ci")
        #expect(try place.store.waitingRequests(of: lease.rollout).map(\.request) == [.abort])
    }

    @Test func `a file that is no database is an error with its path`() throws {
        let directory = place.directory + "/broken"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data("this is not a database at all, just text".utf8).write(to: URL(filePath: directory + "/state.db"))
        let error = #expect(throws: StoreError.self) { try SQLiteStore(directory: directory) }
        guard case .database(let path, _) = error else { return #expect(Bool(false), "refused for another reason") }
        #expect(path == directory + "/state.db")
    }

    /// GRDB turns it down when it opens a database in WAL mode. 2 is FULL (sqlite.org/pragma.html#pragma_synchronous).
    @Test func `every commit reaches the disk before it returns`() throws {
        let level = try place.store.database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(level == 2)
    }

    @Test func `nobody else may read the state`() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: place.directory + "/state.db")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}

/// A store in a directory of its own, with a clock that the test moves.
final class TemporaryPlace: Sendable {
    let directory: String
    let store: SQLiteStore
    private let clock = Clock()

    private final class Clock: Sendable {
        let seconds = Mutex(1_000_000.0)
    }

    init() {
        directory = NSTemporaryDirectory() + "coord-store-" + UUID().uuidString
        let clock = clock
        do {
            store = try SQLiteStore(directory: directory) { Date(timeIntervalSince1970: clock.seconds.withLock { $0 }) }
        } catch {
            preconditionFailure("no store: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func advance(by seconds: Double) { clock.seconds.withLock { $0 += seconds } }

    func rollout(_ id: String) throws -> NewRollout {
        NewRollout(
            id: try #require(RolloutID(id)), domain: "shop@inventory.ini", service: try #require(ServiceName("shop")),
            release: try #require(ReleaseID("1.4.2")), job: Data("job".utf8)
        )
    }
}
