import FleetModel
import Foundation
import GRDB

/// The tables, shaped after the keys that a shared engine would have: rollouts, leases, events, requests.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.create(table: "rollout") { table in
                table.primaryKey("id", .text)
                table.column("domain", .text).notNull().indexed()
                table.column("service", .text).notNull()
                table.column("release", .text).notNull()
                table.column("job", .blob).notNull()
                table.column("startedBy", .text).notNull()
                table.column("startedAt", .datetime).notNull()
                table.column("endedAt", .datetime)
                table.column("ending", .blob)
            }
            try db.create(table: "lease") { table in
                table.primaryKey("domain", .text)
                table.column("rollout", .text).notNull().references("rollout")
                table.column("epoch", .integer).notNull()
                table.column("holder", .text).notNull()
                table.column("expiresAt", .datetime).notNull()
            }
            try db.create(table: "event") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("rollout", .text).notNull().references("rollout").indexed()
                table.column("at", .integer).notNull()
                table.column("recordedAt", .datetime).notNull()
                table.column("epoch", .integer).notNull()
                table.column("body", .blob).notNull()
            }
            try db.create(table: "request") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("rollout", .text).notNull().references("rollout").indexed()
                table.column("request", .text).notNull()
                table.column("by", .text).notNull()
                table.column("askedAt", .datetime).notNull()
                table.column("takenAt", .datetime)
            }
        }
        migrator.registerMigration("requests with arguments") { db in
            try db.drop(table: "request")
            try db.create(table: "request") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("rollout", .text).notNull().references("rollout").indexed()
                table.column("body", .blob).notNull()
                table.column("by", .text).notNull()
                table.column("askedAt", .datetime).notNull()
                table.column("takenAt", .datetime)
            }
        }
        migrator.registerMigration("measurements") { db in
            try db.create(table: "measurement") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("rollout", .text).notNull().references("rollout")
                table.column("analysis", .text).notNull()
                table.column("isBefore", .boolean).notNull()
                table.column("recordedAt", .datetime).notNull()
                table.column("body", .blob).notNull()
            }
            try db.create(indexOn: "measurement", columns: ["rollout", "analysis", "isBefore"])
        }
        return migrator
    }
}

struct RolloutRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "rollout"
    var id: String
    var domain: String
    var service: String
    var release: String
    var job: Data
    var startedBy: String
    var startedAt: Date
    var endedAt: Date?
    var ending: Data?

    var rolloutID: RolloutID {
        get throws {
            guard let name = RolloutID(id) else { throw DatabaseError(message: "malformed rollout id '\(id)'") }
            return name
        }
    }
}

struct LeaseRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "lease"
    var domain: String
    var rollout: String
    /// Grows with every lease of the domain.
    var epoch: Int64
    var holder: String
    var expiresAt: Date
}

struct EventRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "event"
    var id: Int64?
    var rollout: String
    /// Milliseconds of the rollout's own clock.
    var at: Int64
    var recordedAt: Date
    var epoch: Int64
    var body: Data
}

struct RequestRow: Codable, FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "request"
    var id: Int64?
    var rollout: String
    /// An `OperatorRequest` in JSON.
    var body: Data
    var by: String
    var askedAt: Date
    var takenAt: Date?

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

struct MeasurementRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "measurement"
    var id: Int64?
    var rollout: String
    var analysis: String
    var isBefore: Bool
    var recordedAt: Date
    /// An `AnalysisMeasurement` in JSON.
    var body: Data
}
