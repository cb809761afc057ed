import ArgumentParser

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Begin a project: an inventory, a spec and a health check to fill in.",
        usage: "coord init [<folder>]",
        discussion: """
            Writes inventory.ini, rollout.yaml and checks/health.sh, each with comments. A file that is there already \
            is left as it is.

            Examples:
              coord init
              coord init deploy/shop
            """
    )

    @Argument(help: "Where; created where there is none.", completion: .directory)
    var folder = "."

    func run() async throws {
        let terminal = Terminal.standard
        let project = ProjectTemplate()
        for file in try project.write(to: folder) {
            terminal.print(file.isNew ? "created \(file.path)" : "left \(file.path) as it is")
        }
        terminal.print("")
        project.nextSteps(in: folder).forEach(terminal.print)
    }
}
