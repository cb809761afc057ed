import ArgumentParser
import RolloutEngine

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a rollout that was interrupted, paused, or lost its coordinator.",
        usage: "coord resume [<rollout>] [options]",
        discussion: """
            The hosts know what they have done already: nothing is done twice. Failures that paused the rollout \
            count as seen.

            Examples:
              coord resume
              coord resume 20261123101500-4fa1
            """
    )

    @OptionGroup var unfinished: UnfinishedRollout

    func run() async throws { throw try await unfinished.resume(with: []) }
}
