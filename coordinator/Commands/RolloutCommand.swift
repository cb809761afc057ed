import ArgumentParser
import RolloutDriver

struct RolloutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout",
        abstract: "Roll the spec's release out, batch by batch.",
        usage: "coord rollout <inventory> [options]",
        discussion: """
            Every host is asked first whether it can take part; nothing is changed before all can. A sick batch \
            stops the rollout, and every host that it changed gets back what it ran. --plan carries out a plan that \
            coord plan -o has written, step for step under a new name, and refuses where anything that it was made \
            from has changed: hosts, spec, artifact, inventory, balancers.

            Examples:
              coord rollout inventory.ini
              coord rollout inventory.ini --limit 'web:!web-3' --yes
              coord rollout inventory.ini --plan plan.json
              coord rollout staging.ini --spec canary.yaml --json > events.jsonl
            """
    )

    @Option(
        help: ArgumentHelp("Carry out exactly this plan, or refuse.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var plan: String?

    @OptionGroup var launch: LaunchOptions

    func run() async throws {
        let approved = try plan.map(ApprovedPlan.init(reading:))
        throw try await launch.run(approved) { preparation, id throws(PreparationError) in
            try await preparation.rollout(id)
        }
    }
}
