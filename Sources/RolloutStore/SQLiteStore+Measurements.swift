import FleetModel
import Foundation
import GRDB
import RolloutEngine

// What analyses have measured.
extension SQLiteStore {
    /// Of one analysis, and as many more from before the change: a rollout may be held for weeks.
    static let maximumMeasurements = 1000

    public func keep(_ measurement: AnalysisMeasurement, under lease: Lease) throws(StoreError) {
        try write { db in
            _ = try live(lease, db)
            let row = MeasurementRow(
                rollout: lease.rollout.text, analysis: measurement.analysis.text,
                isBefore: measurement.occasion == .before, recordedAt: now(),
                body: try JSONEncoder().encode(measurement))
            try row.insert(db)
            let alike = MeasurementRow.filter(
                Column("rollout") == row.rollout && Column("analysis") == row.analysis
                    && Column("isBefore") == row.isBefore)
            let surplus = try alike.order(Column("id").desc).limit(1, offset: Self.maximumMeasurements).fetchOne(db)
            if let last = surplus?.id { try alike.filter(Column("id") <= last).deleteAll(db) }
        }
    }

    public func measurements(of rollout: RolloutID) throws(StoreError) -> [KeptMeasurement] {
        try read { db in
            try MeasurementRow.filter(Column("rollout") == rollout.text).order(Column("id")).fetchAll(db).map { row in
                KeptMeasurement(
                    measurement: try JSONDecoder().decode(AnalysisMeasurement.self, from: row.body),
                    recordedAt: row.recordedAt)
            }
        }
    }
}
