import ArgumentParser
import FleetModel
import RolloutDriver

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Bring back a release that every host still holds.",
        usage: "coord rollback <inventory> [options]",
        discussion: """
            Without --to, the release that all hosts ran before their last change. It goes to all hosts as fast as \
            max_unavailable allows, with the same health gate, and pauses where it fails.

            Examples:
              coord rollback inventory.ini
              coord rollback inventory.ini --to 1.4.1
            """
    )

    @Option(help: ArgumentHelp("The release to go back to.", valueName: "release"))
    var to: String?

    @OptionGroup var launch: LaunchOptions

    func run() async throws {
        let release = try to.map { text in
            guard let release = ReleaseID(text) else {
                throw Failure(
                    "'\(text.printable())' is not a release's name",
                    hint: "coord history shows those that were rolled out", status: .usage)
            }
            return release
        }
        throw try await launch.run { preparation, id throws(PreparationError) in
            try await preparation.rollback(id, to: release)
        }
    }
}
