import ArgumentParser
import FleetModel
import RolloutDriver
import RolloutSpec
import SSHTransport

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Bring back a release that every host still holds.",
        discussion: """
            Without --to, the release that all hosts ran before their last change. It goes to all hosts as fast as \
            max_unavailable allows, with the same health gate, and pauses where it fails.

            Examples:
              coord rollback inventory.ini
              coord rollback inventory.ini --to 1.4.1
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "The release to go back to.")
    var to: String?

    @Flag(name: [.short, .long], help: "Do not ask before beginning.")
    var yes = false

    @Flag(help: "Take hosts over from a rollout that is not in this state directory.")
    var takeOver = false

    func run() async throws {
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let release = try to.map { text in
            guard let release = ReleaseID(text) else {
                throw Failure("'\(text)' is not a release's name", status: .usage)
            }
            return release
        }
        let endpoints = try fleet.select(spec.hosts.text)
        let connector = fleet.connection.connector()
        let agents = fleetAgents(of: endpoints, over: connector)
        let preparation = RolloutPreparation(
            spec: spec, specDirectory: directory, stateDirectory: state.directory(in: fleet.directory),
            endpoints: endpoints, agents: agents
        )
        let launch = RolloutLaunch(
            store: try state.open(in: fleet.directory), inventory: fleet.inventory, agents: agents, output: output,
            asks: !yes, takesOver: takeOver
        )
        let status = try await launch.run { id throws(PreparationError) in
            try await preparation.rollback(id, to: release)
        }
        await connector.shutdown()
        throw status
    }
}
