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
    /// In words; nil while it has not ended.
    private let ended: String?

    private enum CodingKeys: String, CodingKey {
        case rollout, service, release, startedAt, endedAt, startedBy, verdict, drivenBy, paused
    }

    /// `engine`: the rollout as its journal tells it, where it has not ended and can be read.
    init(_ record: RolloutRecord, _ engine: RolloutEngine? = nil) {
        rollout = record.id.text
        service = record.service.text
        release = record.release.text
        startedAt = record.startedAt.formatted(.iso8601)
        endedAt = record.endedAt?.formatted(.iso8601)
        startedBy = record.startedBy
        verdict = record.ending?.verdict.spoken
        ended = record.ending.map(\.outcome)
        drivenBy = record.lease?.holder
        if let engine, engine.standing == "paused" { paused = engine.pauseReason }
    }

    /// How it ended, or that it has not.
    var outcome: String {
        if let ended { return ended }
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

extension Ending {
    /// What became of the hosts; why is told by `coord show`.
    fileprivate var outcome: String {
        func count(_ states: HostEnding.State...) -> Int { hosts.count { states.contains($0.state) } }
        switch verdict {
        case .complete: return "complete"
        case .completeWithDebt:
            return "complete with debt: \(counted(hosts.count - count(.updated, .current), "host")) owed"
        case .unchanged:
            let restored = count(.restored)
            return restored > 0 ? "failed, \(counted(restored, "host")) rolled back" : "failed, nothing changed"
        case .mixed: return "failed, hosts left mixed"
        }
    }
}
