import ArgumentParser
import Foundation
import Testing

@testable import Coord

/// `make man`, and what it prints.
@Suite struct ManPageTests {
    private static let tool = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "tools/man-page")

    @Test func `the man page names every command and section, and a formatter finds no fault with it`() async throws {
        let program = try Program()
        let coord = Program.products.appending(path: "coord").path(percentEncoded: false)
        let page = try await program.run(coord, executable: Self.tool)
        #expect(page.status == 0 && page.errors.isEmpty)
        for command in Coord.configuration.subcommands {
            let name = try #require(command.configuration.commandName)
            #expect(page.output.contains("\n.SS \"coord \(name)\"\n"))
        }
        let sections = [
            "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "FILES", "ENVIRONMENT", "EXAMPLES",
            "SEE ALSO",
        ]
        #expect(page.output.matches(of: /\n\.SH (.+)/).map { String($0.1) } == sections)
        for status in ["0", "6", "130"] { #expect(page.output.contains("\n.TP\n.B \"\(status)\"\n")) }
        try program.write("coord.1", page.output)
        let lint = try await program.run(
            "-T", "lint", "-W", "error", "coord.1", executable: URL(filePath: "/usr/bin/mandoc"))
        #expect(lint.status == 0, "\(lint.output)")
    }
}
