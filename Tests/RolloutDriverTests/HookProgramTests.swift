import FleetModel
import Foundation
import RolloutEngine
import Testing

@testable import RolloutDriver

@Suite struct HookProgramTests {
    let scene: Scene

    init() throws { scene = try Scene { $0.hooks = [.afterBatch] } }

    private func hook(_ script: String) throws -> HookProgram {
        let path = scene.directory + "/hook.sh"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return HookProgram(hook: .afterBatch, path: path, directory: scene.directory)
    }

    private var environment: HookEnvironment {
        HookEnvironment(hook: .afterBatch, engine: RolloutEngine(plan: scene.plan))
    }

    @Test func `the hooks of a rollout run in the spec's folder and are told where it stands`() async throws {
        let script = "echo $COORD_HOOK $COORD_ROLLOUT $COORD_SERVICE $COORD_RELEASE $COORD_HOSTS $COORD_BATCH >>told"
        let driver = scene.driver(ScriptedFleet(scene.plan), try scene.create(), hooks: [try hook(script)])
        #expect(try await driver.run(after: [], beginning: [.rolloutStarted]).ending?.verdict == .complete)
        let told = try String(contentsOfFile: scene.directory + "/told", encoding: .utf8)
        #expect(told == "after_batch r1 shop 2.0 a b 1\nafter_batch r1 shop 2.0 a b 2\n")
    }

    @Test func `a hook that hangs is killed at its timeout, with all that it started`() async throws {
        let hook = try hook("sleep 300 & echo $! >pids; echo $$ >>pids; trap '' TERM; wait")
        let outcome = await hook.run(environment, timeout: .seconds(1))
        #expect(outcome == .failed("'\(hook.path)' did not end within 1s"))
        let pids = try String(contentsOfFile: scene.directory + "/pids", encoding: .utf8).split(separator: "\n")
        try #require(pids.count == 2)
        for pid in pids { #expect(try await isGone(pid)) }
    }

    @Test func `a hook that leaves a program behind has ended all the same`() async throws {
        let outcome = await (try hook("sleep 20 & echo $! >left")).run(environment, timeout: .seconds(10))
        #expect(outcome == .succeeded)
        let left = try String(contentsOfFile: scene.directory + "/left", encoding: .utf8)
        kill(try #require(Int32(left.trimmingCharacters(in: .newlines))), SIGKILL)
    }

    @Test func `the last output of a hook that failed is told, printable, however much there was`() async throws {
        let script = "yes | head -c 200000 >&2; printf 'the \\033[31mend'; exit 3"
        let outcome = await (try hook(script)).run(environment, timeout: .seconds(30))
        guard case .failed(let problem) = outcome else { return #expect(Bool(false), "it succeeded") }
        #expect(problem.contains("exit status 3"))
        #expect(problem.hasSuffix("the [31mend"))
    }

    @Test func `a hook that can't be started fails`() async throws {
        let missing = HookProgram(hook: .afterBatch, path: scene.directory + "/none", directory: scene.directory)
        guard case .failed = await missing.run(environment, timeout: .seconds(10)) else {
            return #expect(Bool(false), "it succeeded")
        }
    }

    /// Gone, or dead and not yet waited for (proc(5), `stat`): whoever inherits it does so in its own time.
    private func isGone(_ pid: Substring) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
            if stat.contains(") Z") { return true }
            // Looks again soon.
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
