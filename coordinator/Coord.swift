import AgentProtocol
import ArgumentParser

/// The program people type.
@main
struct Coord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coord",
        abstract: "Roll releases out to bare-metal servers over SSH, safely.",
        discussion: """
            Exit status: 0 complete; 1 failed, nothing left changed; 2 usage, inventory or spec error; \
            3 paused; 4 complete, some hosts owed; 5 held by another rollout; 6 failed, hosts left mixed; \
            130 interrupted, resumable.
            """,
        version: ProductVersion.text,
        subcommands: [
            InstallCommand.self, RolloutCommand.self, ResumeCommand.self, AbortCommand.self, RollbackCommand.self,
            StatusCommand.self, HistoryCommand.self, ShowCommand.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch let failure as Failure {
            failure.report()
            exit(withError: failure.status.code)
        } catch let status as ExitStatus {
            exit(withError: status.code)
        } catch {
            // ArgumentParser's own words; its EX_USAGE (64) is our 2.
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Terminal.standard.complain(fullMessage(for: error))
            exit(withError: ExitStatus.usage.code)
        }
    }
}
