import ArgumentParser
import FleetModel
import RolloutEngine
import RolloutStore

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try the hosts of a rollout that failed again, and only them.",
        usage: "coord retry [<rollout>] [options]",
        discussion: """
            The same release and the same promises. A paused rollout then goes on with its next batches; one that \
            has ended is followed by a rollout of the hosts that failed, or could not be reached. Without a name: \
            the unfinished rollout, else the last one. (coord resume goes on without the failed hosts.)

            Examples:
              coord retry
              coord retry 20261123101500-4fa1 --yes
            """
    )

    @OptionGroup var unfinished: UnfinishedRollout

    @Flag(name: [.short, .long], help: "Do not ask before beginning.")
    var yes = false

    func run() async throws {
        let (store, record) = try unfinished.findOrLast()
        if record.endedAt != nil {
            throw try await EndedRollout(store: store, record: record, options: unfinished, asks: !yes).retry()
        }
        let rollout = DrivenRollout(store: store, record: record)
        let engine = try rollout.engine()
        guard engine.failureReason == nil else {
            throw Failure(
                "rollout \(record.id) is rolling back, so nothing is retried",
                hint: "when it is over, roll out again: coord rollout INVENTORY", status: .failedUnchanged)
        }
        let failed = engine.hosts.filter(\.canBeRetried).map(\.planned.name.text)
        guard !failed.isEmpty else {
            return Terminal.standard.print("nothing to retry: no host of \(record.id) has failed")
        }
        guard record.lease != nil else { throw try await unfinished.resume(with: [.retry]) }
        try await rollout.ask(.retry, unfinished.output) { _ in
            let driver = record.lease?.holder ?? "its coordinator"
            return "retrying \(failed.joined(separator: " ")): \(driver) goes on with \(record.id)"
        }
    }
}
