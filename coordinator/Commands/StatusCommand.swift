import AgentClient
import AgentProtocol
import ArgumentParser
import FleetModel
import Foundation
import HostAccess
import RolloutDriver
import RolloutSpec

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Ask every host what it runs and how it is.",
        usage: "coord status <inventory> [options]",
        discussion: """
            Exit status: 0 where every host answers and is in service, 1 otherwise.

            Example:
              coord status inventory.ini
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let inventory = try await fleet.load()
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let endpoints = try fleet.select(spec.hosts.text, from: inventory)
        let survey = try await withAgents(of: endpoints, over: fleet.connection) { agents in
            let preparation = RolloutPreparation(
                spec: spec, specDirectory: directory, stateDirectory: "", endpoints: endpoints, agents: agents
            )
            do throws(PreparationError) {
                return await Preflight(agents: agents, definition: try preparation.definition()).survey()
            } catch { throw Failure(error) }
        }
        let rows = endpoints.compactMap { endpoint in
            survey.answers[endpoint.name].map { StatusRow(endpoint.name, $0) }
        }
        let terminal = Terminal.standard
        if output.json {
            for row in rows { terminal.print(row.jsonLine) }
        } else {
            StatusRow.table(rows).forEach(terminal.print)
        }
        throw rows.allSatisfy(\.isWell) ? ExitStatus.complete : ExitStatus.failedUnchanged
    }
}
