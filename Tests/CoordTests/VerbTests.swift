import FleetModel
import FleetOperations
import Foundation
import Testing

@testable import Coord

/// What `check`, `exec`, `logs` and `status --watch` say of hosts that can't be reached, and of wrong usage.
@Suite struct VerbTests {
    let program: Program

    init() throws {
        program = try Program()
        let hosts = (1...12).map { "web-\($0 < 10 ? "0" : "")\($0) ansible_host=127.0.0.1 ansible_port=1\n" }.joined()
        try program.write("inventory.ini", "[web]\n" + hosts + "[web:vars]\nansible_user=tester\n")
        try program.write("known_hosts", "")
    }

    private func run(_ arguments: String...) async throws -> Program.Outcome {
        try await program.run([arguments[0], "inventory.ini", "--known-hosts", "known_hosts"] + arguments.dropFirst())
    }

    @Test func `check tells all hosts with the same problem in one sentence`() async throws {
        let outcome = try await run("check")
        #expect(outcome.status == 1)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "HOST    REACH  KEY  LOGIN  SUDO  AGENT  DISK  CLOCK")
        #expect(lines.count { $0.contains("FAIL") } == 12)
        #expect(lines.contains { $0.hasPrefix("error: web-[01-12] (12 hosts): ") })
        #expect(lines.last == "0 of 12 hosts ready")
        #expect(outcome.errors.hasPrefix("note: there is no rollout.yaml beside the inventory"))
    }

    @Test func `check --json is one object a host`() async throws {
        let outcome = try await run("check", "--json", "--limit", "web-03")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(object?["host"] as? String == "web-03" && object?["ready"] as? Bool == false)
        let problem = (object?["problems"] as? [[String: Any]])?.first
        #expect(problem?["aspect"] as? String == "reach" && problem?["is_warning"] as? Bool == false)
    }

    @Test func `exec names who could not be reached, and that nothing was done there`() async throws {
        let outcome = try await run("exec", "--", "uptime")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errorLines.first?.hasPrefix("error: web-[01-12] (12 hosts): unreachable: ") == true)
        #expect(outcome.errorLines.last == "ended well on 0 of 12 hosts")
    }

    @Test func `exec fails fast, and says whom it left out`() async throws {
        let outcome = try await run("exec", "--batch", "3", "--fail-fast", "--", "uptime")
        #expect(outcome.errors.contains("error: web-[01-03] (3 hosts): unreachable: "))
        #expect(outcome.errors.contains("warning: web-[04-12] (9 hosts): not begun\n"))
        let json = try await run("exec", "--batch", "3", "--fail-fast", "--json", "--", "uptime")
        #expect(json.output.split(separator: "\n").count == 12)
        #expect(json.output.contains(#"{"ending":"not_started","host":"web-12"}"#))
    }

    @Test func `logs needs to know a unit, and tells of hosts as exec does`() async throws {
        let missing = try await run("logs")
        #expect(missing.status == 2 && missing.errors.hasPrefix("error: 'rollout.yaml' can't be read"))
        let outcome = try await run("logs", "--unit", "nginx")
        #expect(outcome.status == 1 && outcome.errors.hasPrefix("error: web-[01-12] (12 hosts): "))
        try program.write(
            "rollout.yaml",
            "service: shop\nartifact: app\ncommands: {start: a, stop: b, restart: c, status: d}\n")
        let commands = try await run("logs")
        #expect(commands.status == 2)
        #expect(commands.errors.contains("is run by 'commands:', not by systemd"))
        #expect(commands.errors.contains("hint: name a unit with --unit"))
    }

    private static let mistakes: [([String], String)] = [
        (["exec"], "what to run stands after '--'"),
        (["exec", "--stream", "--stdin", "--", "x"], "--stream goes with neither --stdin nor --json"),
        (["exec", "--timeout", "60", "--", "x"], "'60' is no time such as 500ms, 30s, 5m or 1h30m"),
        (["exec", "--batch", "0", "--", "x"], "'0' is no number of hosts"),
        (["exec", "--batch", "110%", "--", "x"], "'110%' is no number of hosts"),
        (["logs", "--agent", "--unit", "x"], "--unit and --agent exclude each other"),
        (["logs", "-n", "100000"], "-n takes a number from 0 to 10000"),
        (["logs", "--since", "yesterday"], "'yesterday' is no time"),
        (["logs", "--folow"], "Did you mean '--follow'?"),
        (["check", "--jason"], "Did you mean '--json'?"),
    ]

    @Test(arguments: mistakes)
    func `wrong usage is told before any host is asked`(arguments: [String], problem: String) async throws {
        let outcome = try await program.run([arguments[0], "inventory.ini"] + arguments.dropFirst())
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains(problem), "\(outcome.errors)")
    }
}
