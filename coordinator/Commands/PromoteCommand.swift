import ArgumentParser
import RolloutEngine
import RolloutStore

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let a rollout go on that waits for approval, from another terminal or machine.",
        usage: "coord promote [<rollout>] [options]",
        discussion: """
            Ends the pause that the plan makes (a canary's 'pause', a/b, 'auto_promote: false'), a timed one too, or \
            takes an analysis that told nothing for good. coord abort goes back instead. Who promoted, and when, is \
            in coord show.

            Examples:
              coord promote
              coord promote 20261123101500-4fa1
            """
    )

    @OptionGroup var unfinished: UnfinishedRollout

    func run() async throws {
        let (store, record) = try unfinished.find()
        let rollout = DrivenRollout(store: store, record: record)
        let engine = try rollout.engine()
        guard record.endedAt == nil else { throw Failure(StoreError.ended(record.id)) }
        guard record.lease != nil else { return try await promoteUndriven(engine, record) }
        try await rollout.ask(.promote, unfinished.output) { engine in
            if let rejection = engine.rejection {
                throw Failure("\(record.id) goes on as before: \(rejection)", status: .failedUnchanged)
            }
            return "\(record.lease?.holder ?? "its coordinator") goes on with \(record.id)"
        }
    }

    /// Nobody drives it: whoever promotes goes on with it.
    private func promoteUndriven(_ engine: RolloutEngine, _ record: RolloutRecord) async throws {
        guard engine.gate != nil else {
            throw Failure(
                "rollout \(record.id) waits for no approval, and nobody drives it",
                hint: "coord resume \(record.id) goes on with it", status: .failedUnchanged)
        }
        throw try await unfinished.resume(with: [.promote])
    }
}
