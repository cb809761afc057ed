import ArgumentParser
import RolloutStore

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the rollouts of this project, newest first.",
        usage: "coord history [options]",
        discussion: """
            Examples:
              coord history --last 5
            """
    )

    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
    var last = 20

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard last > 0 else { throw ValidationError("--last takes a number from 1 on") }
    }

    func run() async throws {
        let store = try state.openExisting()
        let records: [RolloutRecord]
        do { records = try store.rollouts(limit: last) } catch { throw Failure(error) }
        let lines = records.map { record in
            // One that can't be read is listed all the same.
            let isOpen = record.endedAt == nil
            return HistoryLine(record, isOpen ? try? DrivenRollout(store: store, record: record).engine() : nil)
        }
        if output.json {
            lines.map(\.jsonLine).forEach(Terminal.standard.print)
        } else {
            Terminal.standard.print(HistoryLine.table(lines), output)
        }
    }
}
