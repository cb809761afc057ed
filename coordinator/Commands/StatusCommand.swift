import AgentClient
import AgentProtocol
import ArgumentParser
import FleetModel
import Foundation
import HostAccess
import RolloutDriver
import RolloutSpec
import SSHTransport

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Ask every host what it runs and how it is.",
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
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let endpoints = try fleet.select(spec.hosts.text)
        let connector = fleet.connection.connector()
        let agents = fleetAgents(of: endpoints, over: connector)
        let preparation = RolloutPreparation(
            spec: spec, specDirectory: directory, stateDirectory: "", endpoints: endpoints, agents: agents
        )
        let survey: Survey
        do {
            survey = await Preflight(agents: agents, definition: try preparation.definition()).survey()
        } catch { throw Failure(error) }
        await close(agents)
        await connector.shutdown()
        let rows = endpoints.compactMap { endpoint in
            survey.answers[endpoint.name].map { StatusRow(endpoint.name, $0) }
        }
        let terminal = Terminal.standard
        if output.json {
            for row in rows { terminal.print(row.json) }
        } else {
            StatusRow.table(rows).forEach(terminal.print)
        }
        throw rows.allSatisfy(\.isWell) ? ExitStatus.complete : ExitStatus.failedUnchanged
    }
}
