import ArgumentParser
import FleetModel
import Reporting
import RolloutEngine
import RolloutStore

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a running rollout start no further host, from another terminal.",
        usage: "coord pause [<rollout>] [options]",
        discussion: """
            Hosts that were started become healthy or fail first. The rollout's own terminal stays and waits: \
            coord resume goes on there, coord abort rolls back, coord retry tries failed hosts again. \
            Ctrl-C there leaves the rollout paused (exit status 3).

            Examples:
              coord pause
              coord pause --reason 'database is slow'
            """
    )

    @OptionGroup var unfinished: UnfinishedRollout

    @Option(help: ArgumentHelp("Why, for the others and for the history.", valueName: "text"))
    var reason: String?

    /// Longer ones would not fit into a line.
    private static let maximumReasonBytes = 200

    func run() async throws {
        let (store, record) = try unfinished.find()
        let rollout = DrivenRollout(store: store, record: record)
        guard record.lease != nil else { return try report(try rollout.engine(), of: record) }
        let why = reason.map { text in
            text.printable(maximumBytes: Self.maximumReasonBytes).split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
        }
        try await rollout.ask(.pause(reason: why), unfinished.output) { engine in
            guard let reason = engine.pauseReason else { return "\(record.id) has gone on since" }
            if engine.isWaiting || engine.isSuspended { return "\(record.id) is \(reason.withVerb)" }
            let flight = engine.hostsInFlight
            return "pausing \(record.id)" + (flight > 0 ? " after the \(counted(flight, "host")) in flight" : "")
        }
    }

    private func report(_ engine: RolloutEngine, of record: RolloutRecord) throws {
        if record.endedAt != nil { throw Failure(StoreError.ended(record.id)) }
        guard let reason = engine.pauseReason else {
            let resume = "coord resume \(record.id) goes on; coord abort \(record.id) rolls back"
            throw Failure(
                "rollout \(record.id) is not running: nobody drives it", hint: resume, status: .failedUnchanged)
        }
        let line = RequestLine(record, .pause(), engine, text: "\(record.id) is \(reason.withVerb) already")
        Terminal.standard.print(unfinished.output.json ? line.jsonLine : line.text)
    }
}

extension String {
    /// `paused by ann`, `paused: h2 failed`.
    var withVerb: String { hasPrefix("paused") ? self : "paused: \(self)" }
}
