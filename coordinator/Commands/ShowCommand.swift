import ArgumentParser
import Foundation
import Reporting
import RolloutDriver
import RolloutEngine
import RolloutStore

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tell one rollout again, from its journal.",
        usage: "coord show [<rollout>] [options]",
        discussion: """
            At the end: who paused, resumed, retried or aborted it, and when (UTC).

            Examples:
              coord show
              coord show 20261123101500-4fa1
              coord show 20261123101500-4fa1 --json
            """
    )

    @Argument(help: "The rollout, as `coord history` names it; the last one unless given.")
    var rollout: String?

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let terminal = Terminal.standard
        do {
            let store = try state.openExisting()
            let record = try Self.record(rollout, in: store)
            let job = try RolloutJob.decode(record)
            let style = output.resultStyle(on: terminal)
            let reporter: any RolloutObserver =
                output.json ? JSONReporter(write: terminal.print) : PlainReporter(style: style, write: terminal.print)
            var engine = RolloutEngine(plan: job.plan)
            reporter.observe(.began(engine, isResumed: false))
            let journal = try store.journal(of: record.id)
            var measurements = try store.measurements(of: record.id)[...]
            for entry in journal {
                while let next = measurements.first, let at = entry.recordedAt, next.recordedAt < at {
                    reporter.observe(.measured(next.measurement))
                    measurements.removeFirst()
                }
                _ = engine.handle(entry.event, at: entry.at)
                reporter.observe(.happened(entry.event, at: entry.at, engine))
            }
            for kept in measurements { reporter.observe(.measured(kept.measurement)) }
            if !output.json { Self.sidesBySide(in: measurements).forEach(terminal.print) }
            if !output.json, let requests = Self.requests(in: journal) { terminal.print(requests, output) }
            let evidence = FailureEvidence(of: record.id, in: store)
            if let ending = record.ending {
                reporter.observe(.ended(ending))
                let text = EndingText(ending, plan: job.plan, style: style, evidence: evidence)
                if !output.json { text.lines.forEach(terminal.print) }
            } else {
                terminal.complain(HistoryLine(record).outcome)
                if !output.json { evidence?.lines.forEach(terminal.complain) }
            }
        } catch let error as StoreError {
            throw Failure(error)
        } catch let error as DriverError { throw Failure(error) }
    }

    /// The newest measurement of each analysis while both releases are held side by side.
    private static func sidesBySide(in measurements: ArraySlice<KeptMeasurement>) -> [String] {
        let held = measurements.map(\.measurement).filter { $0.occasion == .held }
        let newest = Dictionary(held.map { ($0.analysis.text, $0) }, uniquingKeysWith: { _, last in last })
        return newest.sorted { $0.key < $1.key }.map { "side by side: \($0.value.spoken)" }
    }

    private static func record(_ name: String?, in store: SQLiteStore) throws -> RolloutRecord {
        if let name { return try store.rollout(try UnfinishedRollout.name(name)) }
        guard let last = try store.rollouts(limit: 1).first else {
            throw Failure(
                "no rollout was begun here", hint: "coord rollout INVENTORY begins one; --state names another place",
                status: .usage)
        }
        return last
    }

    /// What people did to it, by the clock on the wall; nil where nobody did anything.
    private static func requests(in journal: [JournalEntry]) -> Table? {
        let rows = journal.compactMap { entry -> [Table.Cell]? in
            let (person, request): (String, String)
            switch entry.event {
            case .operatorAsked(.pause(let reason?), let by): (person, request) = (by, "pause: \(reason)")
            case .operatorAsked(let asked, let by): (person, request) = (by, asked.verb)
            case .rolloutResumed(let by): (person, request) = (by, "took it up again")
            default: return nil
            }
            let when = entry.recordedAt.map { $0.formatted(.iso8601) } ?? "-"
            return [Table.Cell(when), Table.Cell(person), Table.Cell(request)]
        }
        return rows.isEmpty ? nil : Table(header: ["WHEN", "BY", "REQUEST"], rows: rows, flexible: [2])
    }
}
