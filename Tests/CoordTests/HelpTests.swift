import Testing

@Suite struct HelpTests {
    static let commands = [
        "install", "uninstall", "rollout", "resume", "abort", "rollback", "status", "history", "show",
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
}
