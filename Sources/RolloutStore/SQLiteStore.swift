import FleetModel
import Foundation
import GRDB
import RolloutEngine
import Synchronization

/// The embedded store: one SQLite database in the project's state directory.
///
/// `synchronous=FULL` makes every commit durable before it returns; WAL lets `coord status` read while a rollout
/// writes.
public final class SQLiteStore: RolloutStore {
    private let path: String
    /// Where the database and whatever else belongs to the project's rollouts is kept.
    public let directory: String
    let database: DatabasePool
    let now: @Sendable () -> Date
    /// Of the leases that this process holds, by their files.
    private let holderLocks = Mutex<[String: HolderLock]>([:])

    /// Opens or creates the database in `directory`, which is made with mode 0700 where it is missing.
    /// - Throws: ``StoreError/database(path:problem:)``.
    public init(directory: String, now: @escaping @Sendable () -> Date = { Date() }) throws(StoreError) {
        self.directory = directory
        path = directory + "/state.db"
        self.now = now
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
            var configuration = Configuration()
            configuration.busyMode = .timeout(Self.busySeconds)
            database = try DatabasePool(path: path, configuration: configuration)
            // After opening: GRDB sets NORMAL when it turns WAL on, and then no commit is synced.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            guard try !database.read(Schema.migrator.hasBeenSuperseded) else {
                throw StoreError.database(path: path, problem: "a newer version of coord has written it")
            }
            try Schema.migrator.migrate(database)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .database(path: path, problem: Self.text(of: error))
        }
    }

    /// In the words of the system or of SQLite, without statements.
    private static func text(of error: any Error) -> String {
        if let error = error as? DatabaseError { return error.message ?? error.resultCode.description }
        guard let error = error as? CocoaError else { return "\(error)" }
        if error.code == .fileWriteFileExists { return "where its folder should be is a file" }
        guard let underlying = error.underlying as? POSIXError else { return error.localizedDescription }
        return String(cString: strerror(underlying.code.rawValue))
    }

    /// How long a write waits for another process's.
    private static let busySeconds: TimeInterval = 10

    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.write(body) } catch { throw storeError(error) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try database.read(body) } catch { throw storeError(error) }
    }

    private func storeError(_ error: any Error) -> StoreError {
        error as? StoreError ?? .database(path: path, problem: Self.text(of: error))
    }
}

// MARK: - Lock and lease

extension SQLiteStore {
    public func create(_ rollout: NewRollout, for holder: String, epochAbove: UInt64) throws(StoreError) -> Lease {
        try write { db in
            if let holder = try lockHolder(of: rollout.domain, db) { throw StoreError.held(holder) }
            let row = RolloutRow(
                id: rollout.id.text, domain: rollout.domain, service: rollout.service.text,
                release: rollout.release.text, job: rollout.job, startedBy: holder, startedAt: now()
            )
            try row.insert(db)
            return try lease(row, for: holder, epochAbove: epochAbove, db)
        }
    }

    public func holder(of domain: String) throws(StoreError) -> LockHolder? {
        try read { db in try lockHolder(of: domain, db) }
    }

    private func lockHolder(of domain: String, _ db: Database) throws -> LockHolder? {
        try RolloutRow.filter(Column("domain") == domain && Column("endedAt") == nil).fetchOne(db)
            .map { try lockHolder(of: $0, db) }
    }

    public func takeOver(_ rollout: RolloutID, for holder: String, epochAbove: UInt64) throws(StoreError) -> Lease {
        try write { db in
            let row = try existing(rollout, db)
            guard row.endedAt == nil else { throw StoreError.ended(rollout) }
            if let lease = try LeaseRow.fetchOne(db, key: row.domain), isLive(lease) {
                throw StoreError.held(try lockHolder(of: row, db))
            }
            return try lease(row, for: holder, epochAbove: epochAbove, db)
        }
    }

    public func renew(_ lease: Lease) throws(StoreError) {
        try write { db in
            var row = try live(lease, db)
            row.expiresAt = expiry
            try row.update(db)
        }
    }

    public func release(_ lease: Lease) throws(StoreError) {
        try write { db in
            var row = try live(lease, db)
            row.expiresAt = now()
            try row.update(db)
        }
        dropHolderLock(of: lease)
    }

    private var expiry: Date { now().addingTimeInterval(Double(Lease.duration.wholeMilliseconds) / 1000) }

    /// The lease row stays when a lease ends: it remembers the domain's highest epoch.
    private func lease(_ row: RolloutRow, for holder: String, epochAbove: UInt64, _ db: Database) throws -> Lease {
        let last = try LeaseRow.fetchOne(db, key: row.domain)
        // Whoever was killed could not remove its own.
        if let last { unlink(holderFile(rollout: last.rollout, epoch: last.epoch)) }
        let epoch = max(last?.epoch ?? 0, Int64(clamping: epochAbove)) + 1
        let new = LeaseRow(domain: row.domain, rollout: row.id, epoch: epoch, holder: holder, expiresAt: expiry)
        // Before anybody can see the lease: without its lock it would look abandoned.
        let file = holderFile(rollout: row.id, epoch: epoch)
        holderLocks.withLock { $0[file] = HolderLock(file) }
        try new.save(db)
        return Lease(rollout: try row.rolloutID, domain: row.domain, epoch: UInt64(epoch), holder: holder)
    }

    private func isLive(_ lease: LeaseRow) -> Bool {
        lease.expiresAt > now() && !HolderLock.isAbandoned(holderFile(rollout: lease.rollout, epoch: lease.epoch))
    }

    private func holderFile(rollout: String, epoch: Int64) -> String { "\(directory)/\(rollout)-\(epoch).lock" }

    private func dropHolderLock(of lease: Lease) {
        let file = holderFile(rollout: lease.rollout.text, epoch: Int64(clamping: lease.epoch))
        unlink(file)
        holderLocks.withLock { $0[file] = nil }
    }

    func live(_ lease: Lease, _ db: Database) throws -> LeaseRow {
        guard let row = try LeaseRow.fetchOne(db, key: lease.domain), row.epoch == Int64(clamping: lease.epoch),
            row.rollout == lease.rollout.text
        else { throw StoreError.leaseLost(lease.rollout) }
        return row
    }

    private func lockHolder(of row: RolloutRow, _ db: Database) throws -> LockHolder {
        let lease = try LeaseRow.fetchOne(db, key: row.domain)
        return LockHolder(
            rollout: try row.rolloutID, startedBy: row.startedBy, since: row.startedAt,
            drivenBy: lease.flatMap { isLive($0) ? $0.holder : nil }
        )
    }

    private func existing(_ rollout: RolloutID, _ db: Database) throws -> RolloutRow {
        guard let row = try RolloutRow.fetchOne(db, key: rollout.text) else { throw StoreError.unknownRollout(rollout) }
        return row
    }
}

// MARK: - Journal and history

extension SQLiteStore {
    public func append(
        _ entries: [JournalEntry], taking requests: [AskedRequest.ID], under lease: Lease
    ) throws(StoreError) {
        try write { db in
            _ = try live(lease, db)
            _ = try RequestRow.filter(keys: requests).updateAll(db, Column("takenAt").set(to: now()))
            for entry in entries {
                let body = try JSONEncoder().encode(entry.event)
                try EventRow(
                    rollout: lease.rollout.text, at: entry.at.milliseconds, recordedAt: now(),
                    epoch: Int64(clamping: lease.epoch), body: body
                ).insert(db)
            }
        }
    }

    public func end(_ ending: Ending, under lease: Lease) throws(StoreError) {
        try write { db in
            var held = try live(lease, db)
            var row = try existing(lease.rollout, db)
            row.endedAt = now()
            row.ending = try JSONEncoder().encode(ending)
            try row.update(db)
            held.expiresAt = now()
            try held.update(db)
        }
        dropHolderLock(of: lease)
    }

    public func journal(of rollout: RolloutID) throws(StoreError) -> [JournalEntry] {
        try read { db in
            try EventRow.filter(Column("rollout") == rollout.text).order(Column("id")).fetchAll(db).map { row in
                let event = try JSONDecoder().decode(Event.self, from: row.body)
                var entry = JournalEntry(event, at: RolloutInstant(milliseconds: row.at))
                entry.recordedAt = row.recordedAt
                return entry
            }
        }
    }

    public func rollout(_ id: RolloutID) throws(StoreError) -> RolloutRecord {
        try read { db in try record(try existing(id, db), db) }
    }

    public func rollouts(limit: Int) throws(StoreError) -> [RolloutRecord] {
        try read { db in
            try RolloutRow.order(Column("startedAt").desc, Column("id").desc).limit(limit).fetchAll(db)
                .map { try record($0, db) }
        }
    }

    private func record(_ row: RolloutRow, _ db: Database) throws -> RolloutRecord {
        let lease = try LeaseRow.fetchOne(db, key: row.domain)
        let isDriven = lease.map { $0.rollout == row.id && isLive($0) } ?? false
        guard let service = ServiceName(row.service), let release = ReleaseID(row.release) else {
            throw StoreError.database(path: path, problem: "rollout \(row.id) has a malformed service or release name")
        }
        return RolloutRecord(
            id: try row.rolloutID, domain: row.domain, service: service, release: release, job: row.job,
            startedBy: row.startedBy, startedAt: row.startedAt, endedAt: row.endedAt,
            ending: try row.ending.map { try JSONDecoder().decode(Ending.self, from: $0) },
            lease: isDriven ? lease.map { LeaseHolder(holder: $0.holder, expiresAt: $0.expiresAt) } : nil
        )
    }
}

// MARK: - Words from operators

extension SQLiteStore {
    public func ask(
        _ request: OperatorRequest, of rollout: RolloutID, by person: String
    ) throws(StoreError) -> AskedRequest.ID {
        try write { db in
            guard try existing(rollout, db).endedAt == nil else { throw StoreError.ended(rollout) }
            let body = try JSONEncoder().encode(request)
            var row = RequestRow(rollout: rollout.text, body: body, by: person, askedAt: now())
            try row.insert(db)
            return row.id ?? db.lastInsertedRowID
        }
    }

    public func waitingRequests(of rollout: RolloutID) throws(StoreError) -> [AskedRequest] {
        try read { db in
            try RequestRow.filter(Column("rollout") == rollout.text && Column("takenAt") == nil)
                .order(Column("id")).limit(Self.maximumRequests).fetchAll(db)
                .compactMap { row in
                    // What a newer coord asks and this one does not know stays: whoever asked is told that nobody took
                    // it.
                    guard let id = row.id,
                        let request = try? JSONDecoder().decode(OperatorRequest.self, from: row.body)
                    else { return nil }
                    return AskedRequest(id: id, request: request, by: row.by)
                }
        }
    }

    /// Given out at once: people are few, and a script that asks in a loop waits its turn.
    private static let maximumRequests = 100
}
