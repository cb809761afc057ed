import ArgumentParser
import RolloutDriver

struct RolloutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Roll the spec's release out, batch by batch.",
        usage: "coord rollout <inventory> [options]",
        discussion: """
            Every host is asked first whether it can take part; nothing is changed before all can. A sick batch \
            stops the rollout, and every host that it changed gets back what it ran.

            Examples:
              coord rollout inventory.ini
              coord rollout inventory.ini --limit 'web:!web-3' --yes
              coord rollout staging.ini --spec canary.yaml --json > events.jsonl
            """
    )

    @OptionGroup var launch: LaunchOptions

    func run() async throws {
        throw try await launch.run { preparation, id throws(PreparationError) in try await preparation.rollout(id) }
    }
}
