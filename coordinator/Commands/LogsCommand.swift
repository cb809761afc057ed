import ArgumentParser
import FleetModel
import FleetOperations
import Foundation
import HostAccess
import RolloutSpec

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what the service logged on every host, and follow it.",
        usage: "coord logs <inventory> [options]",
        discussion: """
            Reads systemd's journal of the spec's unit, as root or through sudo; no agent is needed. Followed, it \
            goes on by itself when a link is lost, and no line is missing or told twice. Times are this machine's.

            Exit status: 0 where every host's journal could be read, 1 otherwise; Ctrl-C ends -f with 0.

            Examples:
              coord logs inventory.ini --limit web-07 -f
              coord logs inventory.ini --since 10m
              coord logs inventory.ini -n 20 --unit nginx
              coord logs inventory.ini --agent --json
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var selection: LogSelection
    @OptionGroup var output: OutputOptions

    func validate() throws { try selection.validate() }

    func run() async throws {
        let inventory = try await fleet.load()
        let loaded = try selection.loadSpec(beside: fleet.directory)
        let hosts = try fleet.select(loaded?.hosts ?? LocatedText("all"), from: inventory)
        let endpoints = hosts.endpoints
        let report = LogReport(of: endpoints.map(\.name), sorts: !selection.follow, output)
        let (_, wasInterrupted) = try await untilInterrupted {
            try await withConnector(to: hosts, over: fleet.connection) { connector in
                await withTaskGroup(of: Void.self) { group in
                    for endpoint in endpoints {
                        group.addTask {
                            let query = selection.query(loaded, on: endpoint)
                            await read(query, of: endpoint, over: connector, report)
                        }
                    }
                }
            }
        }
        if wasInterrupted && !selection.follow { throw ExitStatus.interrupted }
        throw report.finish() ? ExitStatus.complete : ExitStatus.failedUnchanged
    }

    private func read(
        _ query: JournalQuery, of endpoint: HostEndpoint, over connector: any HostConnector, _ report: LogReport
    ) async {
        let reader = JournalReader(query, of: endpoint, over: connector) { report.take($0, of: endpoint.name) }
        do throws(Diagnostic) { try await reader.read() } catch { report.fail(error, of: endpoint.name) }
    }
}
