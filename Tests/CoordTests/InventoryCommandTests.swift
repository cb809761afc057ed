import Testing

@Suite struct InventoryCommandTests {
    private let program: Program

    init() throws {
        program = try Program()
        try program.write("hosts", "[web]\nweb[1:3]\n")
        try program.write("list", "web2\n")
    }

    @Test func `the graph of one group stands behind the inventories`() async throws {
        let outcome = try await program.run("inventory", "-i", "hosts", "--graph", "web")
        #expect(outcome.output == "@web:\n  |--web1\n  |--web2\n  |--web3\n")
        let mistyped = try await program.run("inventory", "hosts", "--graph", "wbe")
        #expect(mistyped.status == 2 && mistyped.errors.contains("unknown group 'wbe'; did you mean 'web'?"))
    }

    @Test func `exactly as many hosts as expected are taken, or none`() async throws {
        let right = try await program.run("inventory", "hosts", "--list", "--limit", "!@list", "--expect-hosts", "2")
        #expect(right.status == 0 && right.output.contains("web3") && !right.output.contains("web2"))
        let wrong = try await program.run("inventory", "hosts", "--list", "--limit", "@list", "--expect-hosts", "2")
        #expect(wrong.status == 2)
        #expect(wrong.errors.hasPrefix("error: 1 host is selected, not 2: web2\n"))
    }

    @Test func `one of the three shapes must be named`() async throws {
        let outcome = try await program.run("inventory", "hosts")
        #expect(outcome.status == 2 && outcome.errors.contains("Name one of --list, --graph and --host"))
    }
}
