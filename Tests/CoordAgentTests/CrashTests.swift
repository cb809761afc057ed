import AgentProtocol
import Foundation
import Testing

@testable import CoordAgent

@Suite struct CrashTests {
    private let hooks = [Hook.Point.beforeInstall, .afterInstall, .applicationStart].map {
        Hook(point: $0, name: "note", content: Array("#!/bin/sh\necho $COORD_HOOK >> hooks\n".utf8))
    }

    /// The state as it was at any instant: for each prefix of the ledger, and each thing that `current` could be then,
    /// the next start must end with one whole release that also runs, and with a result that says which.
    @Test func `after a crash at any record of an activation the old or the new release is whole`() throws {
        let host = try AgentHost()
        let (records, claim) = try activated(host)
        let switched = try #require(records.firstIndex { $0.event == .reached(stage: 1) })
        var endings: Set<UInt64> = []
        for count in 0...records.count {
            for current in ["1.0", "2.0"] where current == (count <= switched ? "1.0" : "2.0") || count == switched + 1
            {
                try write(records.prefix(count).flatMap(Ledger.frame), to: ledger(host))
                try pointCurrent(host, at: current)
                try host.start()
                let result = try host.connect().perform(claim, "activate", .activate(release: "2.0"))
                endings.insert(result.ending.rawValue)
                let expected = result.ending == .succeeded ? "2.0" : "1.0"
                #expect(host.current == "releases/\(expected)", "\(count) records, current \(current): \(result)")
                // A ledger that tells the end promises that the service was restarted before.
                #expect(count == records.count || host.text("running") == expected, "\(count) records: \(result)")
                #expect(result.ending == .succeeded || result.ending == .interrupted)
                host.kill()
            }
        }
        #expect(endings == [StepResult.Ending.succeeded.rawValue, StepResult.Ending.interrupted.rawValue])
    }

    @Test func `an agent killed in a hook ends the hook and undoes the activation`() throws {
        let host = try AgentHost()
        let claim = host.claim("r2", epoch: 2)
        let hook = Hook(
            point: .afterInstall, name: "stuck",
            content: Array("#!/bin/sh\necho $$ > hook.pid\nexec sleep 1000\n".utf8))
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        try agent.begin(claim, host.definition(hooks: [hook]))
        try agent.upload(claim, TestRelease("2.0"))
        _ = try agent.perform(claim, "stage", .stage(TestRelease("2.0").reference))
        try agent.send(.perform(Perform(claim: claim, step: "activate", action: .activate(release: "2.0"))))
        try waitUntil("the hook runs") { host.text("hook.pid")?.isEmpty == false }
        let pid = try #require(Int32(host.text("hook.pid") ?? ""))
        #expect(host.current == "releases/2.0")
        host.kill()
        try waitUntil("the hook is gone") { kill(pid, 0) != 0 }
        try host.start()
        let result = try host.connect().perform(claim, "activate", .activate(release: "2.0"))
        #expect(result.ending == .interrupted)
        #expect(host.current == "releases/1.0")
        #expect(host.text("running") == "1.0")
    }

    @Test func `an agent killed in a restart restarts again and tells success`() throws {
        let host = try AgentHost()
        var definition = host.definition()
        definition.control.restart =
            "echo try >> tries; [ -e go ] || { touch reached; sleep 1000; }; cat current/version > running"
        let agent = try host.connect()
        try agent.begin(host.claim(), definition)
        try agent.upload(host.claim(), TestRelease("1.0"))
        _ = try agent.perform(host.claim(), "stage", .stage(TestRelease("1.0").reference))
        try agent.send(.perform(Perform(claim: host.claim(), step: "activate", action: .activate(release: "1.0"))))
        try waitUntil("the restart runs") { host.text("reached") != nil }
        host.kill()
        _ = FileManager.default.createFile(atPath: host.install + "/go", contents: nil)
        try host.start()
        let result = try host.connect().perform(host.claim(), "activate", .activate(release: "1.0"))
        #expect(result.ending == .succeeded)
        #expect(host.text("running") == "1.0")
        #expect(host.text("tries") == "try\ntry")
    }

    @Test func `an interrupted watch is watched again`() throws {
        let host = try AgentHost()
        let script = Array("#!/bin/sh\ntouch watched\n[ -e well ]\n".utf8)
        let check = HealthCheck(name: "well", probe: .script(script), timeoutMilliseconds: 2000)
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition(checks: [check]))
        let watch = StepAction.watch(minimumHealthyMilliseconds: 100, deadlineMilliseconds: 60_000)
        try agent.send(.perform(Perform(claim: host.claim(), step: "watch", action: watch)))
        try waitUntil("a check was made") { host.text("watched") != nil }
        #expect(host.terminate() == 0)
        try host.start()
        _ = FileManager.default.createFile(atPath: host.install + "/well", contents: nil)
        let result = try host.connect().perform(host.claim(), "watch", watch)
        #expect(result.ending == .succeeded && !result.isRecorded)
    }

    /// Release 1.0 active, then 2.0 by a second rollout; the daemon killed. Answers the second rollout's ledger.
    private func activated(_ host: AgentHost) throws -> ([LedgerRecord], Claim) {
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let claim = host.claim("r2", epoch: 2)
        try agent.deploy(claim, TestRelease("2.0"), host.definition(hooks: hooks))
        host.kill()
        let content = try Data(contentsOf: URL(fileURLWithPath: ledger(host)))
        let records = Ledger.parse(Array(content)).records.filter { $0.step == "activate" }
        // Intent, origin, three hooks, switch, restart, end.
        #expect(records.count == 8)
        return (records, claim)
    }

    private func ledger(_ host: AgentHost) -> String { host.state + "/services/shop/rollouts/r2/ledger" }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func pointCurrent(_ host: AgentHost, at release: String) throws {
        try FileManager.default.removeItem(atPath: host.install + "/current")
        try FileManager.default.createSymbolicLink(
            atPath: host.install + "/current", withDestinationPath: "releases/\(release)")
        try "1.0".write(toFile: host.install + "/running", atomically: true, encoding: .utf8)
    }
}
