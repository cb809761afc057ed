import ArgumentParser
import FleetModel
import RolloutEngine
import RolloutStore

struct AbortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "End a rollout and give every host that it changed back what it ran.",
        usage: "coord abort [<rollout>] [options]",
        discussion: """
            A rollout that another terminal drives is told to roll back; one that nobody drives is rolled back \
            from here.

            Examples:
              coord abort
            """
    )

    @OptionGroup var unfinished: UnfinishedRollout

    func run() async throws {
        let (store, record) = try unfinished.find()
        guard let lease = record.lease else { throw try await unfinished.resume(with: [.abort]) }
        try await DrivenRollout(store: store, record: record).ask(.abort, unfinished.output) { engine in
            let retreat = engine.plan.policy.isReversible ? "rolls back" : "stops, and leaves the hosts as they are"
            let course = engine.failureReason == nil ? "is past that: it goes on to its end" : retreat
            return "\(record.id) \(course), driven by \(lease.holder)"
        }
    }
}
