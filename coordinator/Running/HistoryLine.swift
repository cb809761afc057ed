import FleetModel
import Foundation
import Reporting
import RolloutEngine
import RolloutStore

/// One rollout's line in `coord history`.
struct HistoryLine: Encodable {
    var rollout: String
    var service: String
    var release: String
    var startedAt: String
    var endedAt: String?
    var startedBy: String
    /// Nil while it has not ended.
    var verdict: String?
    var drivenBy: String?
    /// Why it is paused; nil where it is not.
    var paused: String?

    /// `engine`: the rollout as its journal tells it, where it has not ended and can be read.
    init(_ record: RolloutRecord, _ engine: RolloutEngine? = nil) {
        rollout = record.id.text
        service = record.service.text
        release = record.release.text
        startedAt = record.startedAt.formatted(.iso8601)
        endedAt = record.endedAt?.formatted(.iso8601)
        startedBy = record.startedBy
        verdict = record.ending?.verdict.spoken
        drivenBy = record.lease?.holder
        if let engine, engine.standing == "paused" { paused = engine.pauseReason }
    }

    /// How it ended, or that it has not.
    var outcome: String {
        if let verdict { return verdict }
        if let paused { return paused.withVerb + (drivenBy.map { "; \($0) waits" } ?? "; nobody drives it") }
        return drivenBy.map { "running, driven by \($0)" } ?? "unfinished, nobody drives it"
    }

    /// A rollout's name tells when it was begun, too.
    static func table(_ lines: [HistoryLine]) -> Table {
        Table(
            header: ["ROLLOUT", "SERVICE", "RELEASE", "BEGUN", "BY", "OUTCOME"],
            rows: lines.map { line in
                [line.rollout, line.service, line.release, line.startedAt, line.startedBy].map { Table.Cell($0) }
                    + [Table.Cell(line.outcome, line.tone)]
            }, optional: [3, 4])
    }

    private var tone: Style.Tone {
        switch verdict {
        case Ending.Verdict.complete.spoken: .good
        case Ending.Verdict.completeWithDebt.spoken, nil: .warning
        default: .bad
        }
    }
}
