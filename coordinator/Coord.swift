import AgentProtocol
import ArgumentParser
import FleetModel
import Foundation
import Reporting

/// The program people type.
@main
struct Coord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coord",
        abstract: "Roll releases out to bare-metal servers over SSH, safely.",
        usage: "coord <command> [options]",
        discussion: """
            Exit status:
              0    complete
              1    failed, nothing left changed
              2    usage, inventory or spec error
              3    paused, waiting for a person
              4    complete, some hosts owed
              5    held by another rollout
              6    failed, hosts left mixed
              130  interrupted, resumable
            """,
        version: ProductVersion.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Set-up",
                subcommands: [
                    InitCommand.self, InventoryCommand.self, TrustCommand.self, CheckCommand.self,
                    InstallCommand.self, UninstallCommand.self,
                ]),
            CommandGroup(
                name: "Rollout",
                subcommands: [
                    PlanCommand.self, SimulateCommand.self, RolloutCommand.self, PauseCommand.self, ResumeCommand.self,
                    PromoteCommand.self,
                    RetryCommand.self, SkipCommand.self, AbortCommand.self, RollbackCommand.self,
                ]),
            CommandGroup(
                name: "Fleet",
                subcommands: [
                    StatusCommand.self, LogsCommand.self, ExecCommand.self, HistoryCommand.self, ShowCommand.self,
                ]),
            CommandGroup(name: "Shell", subcommands: [CompletionsCommand.self]),
        ]
    )

    static func main() async {
        ProcessLimits.prepare()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            endIfOutputWasLost()
        } catch let failure as Failure {
            end(failure)
        } catch let status as ExitStatus {
            if status == .complete { endIfOutputWasLost() }
            exit(withError: status.code)
        } catch {
            // ArgumentParser's own words, but its EX_USAGE (64) is our 2.
            guard exitCode(for: error) == .validationFailure else {
                Terminal.standard.print(fullMessage(for: error))
                endIfOutputWasLost()
                exit(withError: exitCode(for: error))
            }
            if let failure = unknownCommand { end(failure) }
            let message = fullMessage(for: error)
            Terminal.standard.complain(
                message.hasPrefix("Error: ") ? "error: " + message.dropFirst("Error: ".count) : message)
            exit(withError: ExitStatus.usage.code)
        }
    }

    /// What was printed is the result: without it, nothing has been told.
    private static func endIfOutputWasLost() {
        guard let problem = Terminal.lostOutput else { return }
        end(Failure("standard output can't be written: \(problem)", status: .failedUnchanged))
    }

    private static func end(_ failure: Failure) -> Never {
        let terminal = Terminal.standard
        // Options may not have been understood, so the flag is looked for among the words.
        let style = terminal.style(isPlain: CommandLine.arguments.contains("--no-color"), for: STDERR_FILENO)
        failure.lines(style: style).forEach(terminal.complain)
        exit(withError: failure.status.code)
    }

    /// ArgumentParser calls it an unexpected argument.
    private static var unknownCommand: Failure? {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"), !names.contains(word) else {
            return nil
        }
        return Failure(
            "unknown command '\(word.printable())'\(didYouMean(word, among: names))",
            hint: "coord --help lists the commands", status: .usage)
    }
}
