import ArgumentParser
import Testing

@testable import Coord

@Suite struct HelpTests {
    static let commands = [
        "init", "inventory", "trust", "check", "install", "uninstall", "plan", "simulate", "rollout", "pause", "resume",
        "promote", "retry", "skip", "abort", "rollback", "status", "logs", "exec", "history", "show", "completions",
    ]

    @Test func `the program's help names every command and exit status`() async throws {
        let outcome = try await Program().run("--help")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        for command in Self.commands { #expect(outcome.output.contains("\n  \(command) ")) }
        try GoldenFile(name: "coord.txt").expect(outcome.output)
    }

    @Test(arguments: commands)
    func `each command's help is as it was read last`(command: String) async throws {
        let outcome = try await Program().run(command, "--help")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        try GoldenFile(name: "\(command).txt").expect(outcome.output)
    }

    @Test func `every command has examples`() throws {
        for command in Coord.configuration.subcommands {
            let configuration = command.configuration
            let name = try #require(configuration.commandName)
            let examples = configuration.discussion.firstRange(of: "Examples:\n  coord \(name)")
            #expect(examples != nil, "\(name) has none")
        }
    }
}
