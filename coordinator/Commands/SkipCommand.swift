import ArgumentParser
import FleetModel
import RolloutEngine
import RolloutStore

struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Leave a host out of a running rollout.",
        usage: "coord skip <host> [<rollout>] [options]",
        discussion: """
            A host that has not been started keeps what it runs; one that failed counts as a failure no more, and \
            gets back what it ran. The rollout then ends with debt (exit status 4). It goes on where it waited for \
            that host only.

            Examples:
              coord skip web-7
              coord skip web-7 20261123101500-4fa1
            """
    )

    @Argument(help: "The host, as the inventory names it.")
    var host: String

    @OptionGroup var unfinished: UnfinishedRollout

    func run() async throws {
        let (store, record) = try unfinished.find()
        let rollout = DrivenRollout(store: store, record: record)
        let name = try selected(among: try rollout.engine().hosts.map(\.planned.name), of: record)
        guard record.endedAt == nil else { throw Failure(StoreError.ended(record.id)) }
        guard record.lease != nil else { throw try await unfinished.resume(with: [.skip(name)]) }
        try await rollout.ask(.skip(name), unfinished.output) { engine in
            if let rejection = engine.rejection {
                throw Failure("\(name) is not skipped: \(rejection)", status: .failedUnchanged)
            }
            return "\(name) is left out of \(record.id)"
        }
    }

    private func selected(among hosts: [HostName], of record: RolloutRecord) throws -> HostName {
        if let name = hosts.first(where: { $0.text == host }) { return name }
        let suggestion = didYouMean(host, among: hosts.map(\.text))
        throw Failure(
            "rollout \(record.id) has no host '\(host.printable())'\(suggestion)",
            hint: "coord show \(record.id) lists its hosts", status: .usage)
    }
}
