import ArgumentParser
import FleetModel
import Foundation
import Reporting
import RolloutEngine
import RolloutStore

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the rollouts of this project, newest first.",
        discussion: """
            Example:
              coord history --last 5
            """
    )

    @OptionGroup var state: StateOptions

    @Option(help: "How many at most.")
    var last = 20

    func run() async throws {
        let records: [RolloutRecord]
        do { records = try state.open().rollouts(limit: last) } catch let error as StoreError { throw Failure(error) }
        let rows = records.map { record in
            [
                record.id.text, record.service.text, record.release.text, record.startedAt.formatted(.iso8601),
                record.startedBy, record.outcome,
            ]
        }
        let header = ["ROLLOUT", "SERVICE", "RELEASE", "BEGUN", "BY", "OUTCOME"]
        textTable([header] + rows).forEach(Terminal.standard.print)
    }
}

extension RolloutRecord {
    /// How it ended, or that it has not.
    var outcome: String {
        if let ending { return ending.verdict.spoken }
        return lease.map { "running, driven by \($0.holder)" } ?? "unfinished, nobody drives it"
    }
}
