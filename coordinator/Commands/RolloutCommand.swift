import ArgumentParser
import FleetModel
import Foundation
import RolloutDriver
import RolloutEngine
import RolloutSpec
import RolloutStore
import SSHTransport

struct RolloutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Roll the spec's release out, batch by batch.",
        discussion: """
            Every host is asked first whether it can take part; nothing is changed before all can. A sick batch \
            stops the rollout, and every host that it changed gets back what it ran.

            Examples:
              coord rollout inventory.ini
              coord rollout inventory.ini --limit 'web:!web-3' --yes
              coord rollout staging.ini --spec canary.yaml --json > events.jsonl
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: [.short, .long], help: "Do not ask before beginning.")
    var yes = false

    @Flag(help: "Take hosts over from a rollout that is not in this state directory.")
    var takeOver = false

    func run() async throws {
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let endpoints = try fleet.select(spec.hosts.text)
        let stateDirectory = state.directory(in: fleet.directory)
        let connector = fleet.connection.connector()
        let agents = fleetAgents(of: endpoints, over: connector)
        let preparation = RolloutPreparation(
            spec: spec, specDirectory: directory, stateDirectory: stateDirectory, endpoints: endpoints, agents: agents
        )
        let launch = RolloutLaunch(
            store: try state.open(in: fleet.directory), inventory: fleet.inventory, agents: agents, output: output,
            asks: !yes, takesOver: takeOver
        )
        let status = try await launch.run { id throws(PreparationError) in try await preparation.rollout(id) }
        await connector.shutdown()
        throw status
    }
}
