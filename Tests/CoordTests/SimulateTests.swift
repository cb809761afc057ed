import FleetModel
import Foundation
import Testing

/// `coord simulate` on the examples of the repository, as people type it.
@Suite struct SimulateTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "examples")

    static let strategies = ["rolling", "recreate", "canary", "blue-green-groups", "blue-green-instances", "a-b"]

    private func simulate(_ example: String, _ arguments: [String]) async throws -> Program.Outcome {
        let inventory = Self.examples.appending(path: "\(example)/inventory.ini").path(percentEncoded: false)
        return try await Program().run(["simulate", inventory, "--ssh-config", "none"] + arguments)
    }

    @Test(arguments: ["rolling", "canary", "blue-green-groups"])
    func `a good and a bad run read as they did last`(example: String) async throws {
        let good = try await simulate(example, ["--promote-after", "5m"])
        #expect(good.status == 0 && good.errors.isEmpty)
        let faults = ["--sick", "web-3", "--coordinator-crash", "5s", "--promote-after", "5m"]
        let bad = try await simulate(example, faults)
        #expect(bad.status == 1 && bad.errors.isEmpty)
        let text = "=== good\n\(good.output)=== web-3 is sick, and the coordinator dies\n\(bad.output)"
        try GoldenFile(name: "simulate/\(example).txt").expect(text)
        let again = try await simulate(example, faults)
        #expect(again.output == bad.output, "the same seed makes the same run")
    }

    @Test(arguments: strategies)
    func `no promise is broken in 200 drawn runs of any example`(example: String) async throws {
        let outcome = try await simulate(example, ["--seeds", "200", "--promote-after", "1m"])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.hasPrefix("in 200 runs: 0 broken promises\n"))
    }

    @Test func `faults without a host or a time are refused with what was meant`() async throws {
        let misspelt = try await simulate("canary", ["--sick", "web-22", "--traffic-fails", "lb1@1m"])
        #expect(misspelt.status == 2)
        #expect(
            misspelt.errorLines == [
                "error: --sick: the rollout has no host 'web-22'; did you mean 'web-2'?",
                "error: --traffic-fails: the rollout has no balancer 'lb1'; did you mean 'lb-1'?",
            ])
        for (option, value) in [
            ("--kill", "web-1@soon"), ("--cut", "web-1@2m..1m"), ("--slow", "web-1"), ("--kill", "@1s"),
            ("--analysis", "errors"), ("--analysis", "errors=bad"),
        ] {
            let refused = try await simulate("canary", [option, value])
            #expect(refused.status == 2 && refused.errors.contains("'"), "\(refused.errors)")
        }
    }

    @Test func `a run that waits for a promotion ends with the status of a paused rollout`() async throws {
        let waiting = try await simulate("a-b", [])
        #expect(waiting.status == 3 && waiting.output.contains("hint: --promote-after"))
        let promoted = try await simulate("a-b", ["--promote-after", "1h"])
        #expect(promoted.status == 0, "\(promoted.output)")
    }

    @Test(arguments: [("failed", Int32(1)), ("error", 1), ("inconclusive", 3)])
    func `an analysis tells what was chosen`(verdict: String, status: Int32) async throws {
        let outcome = try await simulate("canary", ["--analysis", "errors=\(verdict)"])
        #expect(outcome.status == status && outcome.errors.isEmpty, "\(outcome.output)")
        #expect(outcome.output.contains("as --analysis has it"))
    }

    @Test func `an analysis that the plan does not have is refused`() async throws {
        let misspelt = try await simulate("canary", ["--analysis", "error=failed"])
        #expect(misspelt.status == 2)
        #expect(
            misspelt.errorLines == ["error: --analysis: the plan has no analysis 'error'; did you mean 'errors'?"])
    }

    @Test func `each line of JSON is an object, and the last says how it ends`() async throws {
        let outcome = try await simulate("rolling", ["--kill", "web-1@1s", "--json"])
        let lines = try outcome.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(lines.first?["event"] as? String == "began")
        #expect(lines.last?["event"] as? String == "simulated")
        #expect(lines.last?["exit_status"] as? Int32 == outcome.status)
    }
}
