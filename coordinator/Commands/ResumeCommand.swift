import ArgumentParser
import RolloutEngine
import RolloutStore

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a rollout that was interrupted, paused, or lost its coordinator.",
        usage: "coord resume [<rollout>] [options]",
        discussion: """
            The hosts know what they have done already: nothing is done twice. Failures that paused the rollout \
            count as seen; coord retry tries those hosts again instead. A rollout that coord pause stopped goes \
            on in its own terminal, if that still waits.

            Examples:
              coord resume
              coord resume 20261123101500-4fa1
            """
    )

    @OptionGroup var unfinished: UnfinishedRollout

    func run() async throws {
        let (store, record) = try unfinished.find()
        let rollout = DrivenRollout(store: store, record: record)
        guard record.endedAt == nil, let lease = record.lease else { throw try await unfinished.resume(with: []) }
        let engine = try rollout.engine()
        // A failure's pause is not taken back in passing: its coordinator is about to leave.
        guard engine.isPausedByPerson else {
            throw Failure(
                "rollout \(record.id) is not paused: \(lease.holder) drives it", hint: "coord pause \(record.id)",
                status: .held)
        }
        try await rollout.ask(.resume, unfinished.output) { engine in
            if let reason = engine.pauseReason { return "\(record.id) is still \(reason.withVerb)" }
            return "\(lease.holder) goes on with \(record.id)"
        }
    }
}
