import AgentClient
import FleetModel
import Foundation
import Testing

/// What can go wrong before any host is reached: the exit status, and standard error to the letter.
@Suite struct MistakeTests {
    let program: Program
    static let inventory = "[web]\nlocal ansible_host=127.0.0.1 ansible_port=1 ansible_user=tester\n"

    init() throws { program = try Program() }

    private func writeProject(inventory: String = Self.inventory, spec: String = "service: shop\nartifact: app\n")
        throws
    {
        try program.write("inventory.ini", inventory)
        try program.write("rollout.yaml", spec)
        try program.write("app/run", "1.0")
    }

    private func expect(
        _ arguments: String..., status: Int32, _ lines: [String], at location: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await program.run(arguments)
        #expect(outcome.status == status, sourceLocation: location)
        #expect(outcome.errorLines == lines, sourceLocation: location)
        #expect(outcome.output.isEmpty, sourceLocation: location)
    }

    @Test func `a mistyped command is answered with the nearest`() async throws {
        try await expect(
            "rolout", "inventory.ini", status: 2,
            ["error: unknown command 'rolout'; did you mean 'rollout'?", "hint: coord --help lists the commands"])
    }

    @Test func `a mistyped option is answered with the nearest`() async throws {
        try await expect(
            "rollout", "inventory.ini", "--limt", "web", status: 2,
            [
                "error: Unknown option '--limt'. Did you mean '--limit'?", "Usage: coord rollout <inventory> [options]",
                "  See 'coord rollout --help' for more information.",
            ])
    }

    @Test func `a password for sudo that cannot be had is told before any host is reached`() async throws {
        try writeProject()
        let hint = "hint: its first line is the password for sudo"
        try await expect(
            "status", "inventory.ini", "-K", status: 2,
            [
                "error: --ask-become-pass needs a terminal to ask on",
                "hint: without one: --become-password-file FILE, or /dev/fd/N",
            ])
        try await expect(
            "status", "inventory.ini", "--become-password-file", "none", status: 2,
            ["error: the password file '\(program.folder)/none' can't be read: No such file or directory", hint])
        try await expect(
            "status", "inventory.ini", "--become-password-file", "-", status: 2,
            ["error: the password file '/dev/stdin' has no password in its first line", hint])
        try await expect(
            "status", "inventory.ini", "-K", "--become-password-file", "none", status: 2,
            [
                "error: --ask-become-pass and --become-password-file are two ways to say one thing; give one",
                "Usage: coord status <inventory> [options]", "  See 'coord status --help' for more information.",
            ])
    }

    @Test func `a list of host keys that is none is named with the line`() async throws {
        try writeProject()
        try program.write("list", "web-1 is fine\n")
        try await expect(
            "trust", "inventory.ini", "--from-file", "list", status: 2,
            [
                "error: list:1:1: this is neither a known_hosts line nor a SHA256 fingerprint",
                "hint: `ssh-keyscan HOST` and `ssh-keygen -lf FILE` print such lines",
            ])
    }

    @Test(arguments: ["rollout", "rollback", "status", "install", "trust"])
    func `an inventory that is not there is named first`(command: String) async throws {
        try await expect(
            command, "none.ini", status: 2,
            [
                "error: there is no inventory 'none.ini'",
                "hint: name a file, a folder, or hosts with a comma behind each: web1,web2,",
            ])
    }

    @Test func `a folder without inventories is refused`() async throws {
        try await expect(
            "install", ".", status: 2,
            ["error: the folder '.' holds no inventory", "hint: put one in, or name a file"])
    }

    @Test func `a mistake in the inventory has its place`() async throws {
        try writeProject(inventory: "[web]\na\n[all:children]\nwbe\n")
        let outcome = try await program.run("rollout", "inventory.ini")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("error: inventory.ini:4:1: "))
        #expect(outcome.errors.contains("did you mean 'web'?"))
    }

    @Test func `a pattern that selects nobody is an error`() async throws {
        try writeProject()
        let outcome = try await program.run("rollout", "inventory.ini", "--limit", "db")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("'db'"))
        let none = try await program.run("rollout", "inventory.ini", "--limit", "!web")
        #expect(none.status == 2)
        #expect(none.errors.hasPrefix("error: "))
    }

    @Test func `a spec that is missing, and one with mistakes`() async throws {
        try program.write("inventory.ini", Self.inventory)
        try await expect(
            "rollout", "inventory.ini", status: 2,
            [
                "error: 'rollout.yaml' can't be read: No such file or directory",
                "hint: write a spec beside the inventory, or name another with --spec",
            ])
        try writeProject(spec: "service: shop\nartefact: app\nkeep_releases: 1\n")
        let outcome = try await program.run("rollout", "inventory.ini")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("error: rollout.yaml:2:1: unknown key 'artefact'"))
        #expect(outcome.errors.contains("error: rollout.yaml:3:16: "))
    }

    @Test func `an artifact that is missing has its place in the spec`() async throws {
        try writeProject()
        try FileManager.default.removeItem(atPath: program.folder + "/app")
        let outcome = try await program.run("rollout", "inventory.ini", "--yes")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("error: rollout.yaml:2:11: "))
    }

    @Test func `a host that refuses the connection is named, and nothing is begun`() async throws {
        try writeProject()
        try program.write("known_hosts", "")
        let outcome = try await program.run("rollout", "inventory.ini", "--known-hosts", "known_hosts")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("error: local: "))
        #expect(try await program.run("history").output.split(separator: "\n").count == 1)
    }

    @Test func `a key that is not there is the host's problem, with its path`() async throws {
        try writeProject()
        try program.write("known_hosts", "")
        let outcome = try await program.run(
            "status", "inventory.ini", "--known-hosts", "known_hosts", "--identity", "none.key", "--json")
        #expect(outcome.status == 1 && outcome.errors.isEmpty)
        let line = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(line["host"] as? String == "local")
        #expect((line["problem"] as? String ?? "").contains("\(program.folder)/none.key"))
    }

    @Test func `install finds the agent beside coord, also through a link, and says where it looked`() async throws {
        try writeProject()
        let bin = program.folder + "/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        let coord = URL(filePath: bin + "/coord")
        try FileManager.default.copyItem(at: Program.products.appending(path: "coord"), to: coord)
        let missing = try await program.run("install", "inventory.ini", "--yes", executable: coord)
        #expect(missing.status == 2)
        #expect(
            missing.errorLines == [
                "error: the agent's executable '\(bin)/coord-agent' can't be read: No such file or directory",
                "hint: make agent builds it; --agent names it",
            ])
        let agent = Program.products.appending(path: "coord-agent")
        try FileManager.default.createSymbolicLink(at: URL(filePath: bin + "/coord-agent"), withDestinationURL: agent)
        let link = URL(filePath: program.folder + "/link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: coord)
        try program.write("known_hosts", "")
        let found = try await program.run(
            "install", "inventory.ini", "--yes", "--known-hosts", "known_hosts", executable: link)
        #expect(found.status != 2 || !found.errors.contains("can't be read"))
    }
}
