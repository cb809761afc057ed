import AgentProtocol
import ArgumentParser
import FleetModel
import HostAccess
import RolloutDriver
import RolloutSpec

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Ask every host what it runs and how it is.",
        usage: "coord status <inventory> [options]",
        discussion: """
            With --watch it asks again and again until Ctrl-C: on a terminal the table is drawn over itself and what \
            has changed stands out; elsewhere it is printed again when something has changed, and with --json each \
            host that has.

            Exit status: 0 where every host answers and is in service, 1 otherwise; with --watch 0.

            Examples:
              coord status inventory.ini
              coord status inventory.ini --limit web-07 --json
              coord status inventory.ini --watch --interval 5s
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions

    @Flag(name: [.short, .long], help: "Go on asking until Ctrl-C.")
    var watch = false

    @Option(
        help: ArgumentHelp("Between two questions to a host; 2s unless given.", valueName: "time"),
        transform: timeSpan)
    var interval: Duration = .seconds(2)

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let inventory = try await fleet.load()
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let hosts = try fleet.select(spec.hosts, from: inventory)
        let endpoints = hosts.endpoints
        let questions = try StatusQuestion.all(of: spec, in: directory, endpoints)
        guard !watch else { throw try await watch(hosts, questions) }
        let surveys = try await withAgents(of: hosts, over: fleet.connection) { agents in
            let progress = ProgressCounter(of: agents.count, "answered", isQuiet: output.quiet)
            defer { progress.clear() }
            var surveys: [(question: StatusQuestion, survey: Survey)] = []
            for question in questions {
                // A host counts once, however many instances it runs.
                let count = surveys.isEmpty ? progress.count : {}
                surveys.append(
                    (question, await Preflight(agents: agents, definition: question.definition).survey(count)))
            }
            return surveys
        }
        let rows = endpoints.flatMap { endpoint in
            surveys.compactMap { question, survey in
                survey.answers[endpoint.name].map { StatusRow(endpoint.name, instance: question.instance, $0) }
            }
        }
        let terminal = Terminal.standard
        if output.json {
            for row in rows { terminal.print(row.jsonLine) }
        } else {
            let style = output.resultStyle(on: terminal)
            StatusRow.lines(rows, width: terminal.resultWidth, style: style).forEach(terminal.print)
        }
        throw rows.allSatisfy(\.isWell) ? ExitStatus.complete : ExitStatus.failedUnchanged
    }

    private func watch(_ hosts: HostSelection, _ questions: [StatusQuestion]) async throws -> ExitStatus {
        _ = try await untilInterrupted {
            try await withAgents(of: hosts, over: fleet.connection) { agents in
                let watch = StatusWatch(
                    hosts: hosts.names, agents: agents, questions: questions, interval: interval, output: output)
                await watch.run()
            }
        }
        return .complete
    }
}
