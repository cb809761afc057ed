import AgentProtocol
import Foundation
import Testing

@testable import CoordAgent

@Suite struct SingleStepTests {
    private func hook(_ script: String, timeout: UInt64 = 5000) -> StepAction {
        .runHook(
            SingleHook(
                name: "expand", content: Array("#!/bin/sh\n\(script)\n".utf8), release: "2.0",
                timeoutMilliseconds: timeout))
    }

    @Test func `a hook runs once, whoever asks again`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let action = hook("echo $COORD_HOOK $COORD_RELEASE $COORD_PREVIOUS >> expanded")
        #expect(try agent.perform(host.claim(), "expand", action).isRecorded == false)
        host.kill()
        try host.start()
        let again = try host.connect().perform(host.claim(), "expand", action)
        #expect(again.ending == .succeeded && again.isRecorded)
        #expect(host.text("expanded") == "expand 2.0 1.0")
        let failure = try host.connect().perform(host.claim(), "contract", hook("echo no; exit 3"))
        #expect(failure.ending == .hookFailed)
        #expect(failure.problem == "hook expand failed with exit status 3")
        #expect(String(decoding: failure.output, as: UTF8.self) == "no\n")
        #expect(try host.connect().perform(host.claim(), "slow", hook("sleep 1000", timeout: 50)).ending == .timedOut)
    }

    @Test func `a hook that is cut short is not run again`() throws {
        let host = try AgentHost()
        // No release is needed where it runs.
        var definition = host.definition()
        definition.installDirectory = ""
        try host.connect().begin(host.claim(), definition)
        let action = hook("echo run >> '\(host.root)/runs'; exec sleep 1000")
        try host.connect().send(.perform(Perform(claim: host.claim(), step: "expand", action: action)))
        let runs = { try? String(contentsOfFile: host.root + "/runs", encoding: .utf8) }
        try waitUntil("the hook runs") { runs() != nil }
        host.kill()
        try host.start()
        let result = try host.connect().perform(host.claim(), "expand", action)
        #expect(result.ending == .interrupted && result.isRecorded)
        #expect(runs() == "run\n")
    }

    @Test func `a stopped service is meant to be stopped, and a revert starts it again`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        try agent.finish(host.claim())
        let second = host.claim("r2", epoch: 2)
        try agent.begin(second, host.definition())
        #expect(try agent.perform(second, "stop", .stop).ending == .succeeded)
        #expect(host.text("running") == nil)
        let report = try agent.inspect(host.definition(), probes: true)
        #expect(report.isRetired && report.health == .unknown && report.healthProblem == "")
        #expect(try agent.perform(second, "revert", .revert).ending == .succeeded)
        #expect(host.text("running") == "1.0")
        #expect(try agent.inspect(host.definition(), probes: true).health == .healthy)
        #expect(try agent.inspect(host.definition()).isRetired == false)
    }

    @Test func `a later rollout that is reverted leaves a stopped service stopped`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        #expect(try agent.perform(host.claim(), "stop", .stop).ending == .succeeded)
        try agent.finish(host.claim())
        let second = host.claim("r2", epoch: 2)
        try agent.deploy(second, TestRelease("2.0"), host.definition())
        #expect(try agent.inspect(host.definition()).isRetired == false)
        #expect(host.text("running") == "2.0")
        #expect(try agent.perform(second, "revert", .revert).ending == .succeeded)
        #expect(host.current == "releases/1.0" && host.text("running") == nil)
        host.kill()
        try host.start()
        #expect(try host.connect().inspect(host.definition()).isRetired)
    }

    @Test func `two instances of a service live side by side`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        for (color, release) in [("blue", "1.0"), ("green", "2.0")] {
            var definition = host.definition()
            definition.service = "shop-\(color)"
            definition.installDirectory = host.install + "/" + color
            definition.checks = [
                HealthCheck(
                    name: "own", probe: .script(Array("#!/bin/sh\ngrep -qx \(release) running\n".utf8)),
                    timeoutMilliseconds: 5000)
            ]
            var claim = host.claim()
            claim.service = definition.service
            try agent.deploy(claim, TestRelease(release), definition)
            let watch = StepAction.watch(minimumHealthyMilliseconds: 1, deadlineMilliseconds: 5000)
            #expect(try agent.perform(claim, "watch", watch).ending == .succeeded)
        }
        #expect(host.text("blue/running") == "1.0" && host.text("green/running") == "2.0")
        var blue = host.claim()
        blue.service = "shop-blue"
        #expect(try agent.perform(blue, "stop", .stop).ending == .succeeded)
        #expect(host.text("blue/running") == nil && host.text("green/running") == "2.0")
        #expect(Names.isUnit("shop@blue.service"))
    }
}
