import FleetModel
import Foundation
import Inventory
import RolloutSpec
import Testing

/// What `coord init` writes, and what it leaves alone.
@Suite struct InitTests {
    let program: Program

    init() throws { program = try Program() }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(program.folder)/\(name)", encoding: .utf8)
    }

    @Test func `the files are valid as they are, fit together, and say what to do next`() async throws {
        let outcome = try await program.run("init", "deploy/shop")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("created deploy/shop/inventory.ini\ncreated deploy/shop/rollout.yaml\n"))
        #expect(outcome.output.contains("\n  coord check deploy/shop/inventory.ini    # are they ready?\n"))
        let inventory = try Inventory(text: text("deploy/shop/inventory.ini"), file: "inventory.ini")
        let spec = try RolloutSpec(text: text("deploy/shop/rollout.yaml"), file: "rollout.yaml")
        #expect(try inventory.select(spec.hosts.text, limit: nil).count == 3)
        let script = "\(program.folder)/deploy/shop/checks/health.sh"
        #expect(spec.health.map(\.name) == ["checks/health.sh"])
        #expect(FileManager.default.isExecutableFile(atPath: script))
        let check = try await program.run("-n", script, executable: URL(filePath: "/bin/sh"))
        #expect(check.status == 0 && check.errors.isEmpty)
    }

    @Test func `a file that is there already is left as it is`() async throws {
        try program.write("inventory.ini", "mine\n")
        let outcome = try await program.run("init")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("left inventory.ini as it is\ncreated rollout.yaml\n"))
        #expect(try text("inventory.ini") == "mine\n")
    }

    @Test func `a folder that can't be one is an error with a remedy`() async throws {
        try program.write("file", "")
        let outcome = try await program.run("init", "file")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("error: 'file' is a file, not a folder\n"))
        #expect(outcome.errors.hasSuffix("hint: name another folder\n"))
    }
}
