import AgentProtocol
import Foundation
import Testing

@Suite struct RolloutTests {
    @Test func `a release is staged, activated, watched and finished`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let (claim, release) = (host.claim(), TestRelease("1.0", payload: 300_000))
        try agent.deploy(claim, release, host.definition())
        #expect(host.current == "releases/1.0")
        #expect(host.text("running") == "1.0")
        let watch = StepAction.watch(minimumHealthyMilliseconds: 200, deadlineMilliseconds: 5000)
        let watched = try agent.perform(claim, "watch", watch)
        #expect(watched.ending == .succeeded)
        #expect(watched.durationMilliseconds >= 200)
        try agent.finish(claim)
        let report = try agent.inspect(host.definition(), probes: true)
        #expect(report.current == "1.0")
        #expect(report.currentDigest == release.reference.digest)
        #expect(report.releases.map(\.name) == ["1.0"])
        #expect(report.health == .healthy)
        #expect(report.unitState == "active")
        #expect((report.epoch, report.holder == nil) == (1, true))
        #expect(report.diskFreeBytes > 0 && report.uptimeSeconds > 0)
        #expect(agent.progress.contains("all checks pass"))
    }

    @Test func `a directory in the place of current is told before a rollout and does not hold the service after it`()
        throws
    {
        let host = try AgentHost()
        let agent = try host.connect()
        try FileManager.default.createDirectory(
            atPath: host.install + "/current", withIntermediateDirectories: true)
        #expect(try agent.inspect(host.definition()).obstacle.contains("current is not a link"))
        try agent.begin(host.claim(), host.definition())
        try agent.finish(host.claim())
        #expect(try agent.inspect(host.definition()).holder == nil)
    }

    @Test func `an unpacked release has the archive's files and modes and nothing else`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0", payload: 7), host.definition())
        let files = try FileManager.default.subpathsOfDirectory(atPath: host.install + "/releases/1.0").sorted()
        #expect(files == ["bin", "bin/tool", "link", "payload", "version"])
        let mode = try FileManager.default.attributesOfItem(atPath: host.install + "/current/payload")[
            .posixPermissions]
        #expect(mode as? Int == 0o444)
        #expect(host.text("current/link") == "tool")
        let parts = try FileManager.default.contentsOfDirectory(atPath: host.state + "/incoming")
        #expect(parts.isEmpty)
    }

    @Test func `a step asked twice is done once and answered with its record`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let claim = host.claim()
        try agent.deploy(claim, TestRelease("1.0"), host.definition())
        let again = try host.connect().perform(claim, "activate", .activate(release: "1.0"))
        #expect(again.ending == .succeeded && again.isRecorded)
        #expect(host.text("starts") == "started")
        host.kill()
        try host.start()
        #expect(try host.connect().perform(claim, "activate", .activate(release: "1.0")).isRecorded)
        #expect(host.text("starts") == "started")
    }

    /// A coordinator that takes the rollout over claims it anew, under a higher epoch, while the step runs.
    @Test(arguments: [1, 2] as [UInt64])
    func `a step goes on when its connection drops and is joined by the next`(epoch: UInt64) throws {
        let host = try AgentHost()
        let claim = host.claim()
        let hook = Hook(
            point: .afterInstall, name: "slow",
            content: Array("#!/bin/sh\ntouch reached\nuntil [ -e go ]; do sleep 0.01; done\n".utf8))
        let definition = host.definition(hooks: [hook])
        var agent: AgentConnection? = try host.connect()
        try agent?.begin(claim, definition)
        try agent?.upload(claim, TestRelease("1.0"))
        _ = try agent?.perform(claim, "stage", .stage(TestRelease("1.0").reference))
        try agent?.send(.perform(Perform(claim: claim, step: "activate", action: .activate(release: "1.0"))))
        try waitUntil("the hook runs") { host.text("reached") != nil }
        agent = nil
        let next = try host.connect()
        let later = host.claim(epoch: epoch)
        try next.begin(later, definition)
        let id = try next.send(.perform(Perform(claim: later, step: "activate", action: .activate(release: "1.0"))))
        _ = FileManager.default.createFile(atPath: host.install + "/go", contents: nil)
        guard case .performed(let result) = try next.reply(to: id) else { throw AgentConnection.Closed() }
        #expect(result.ending == .succeeded && !result.isRecorded)
        #expect(try next.perform(later, "activate", .activate(release: "1.0")).isRecorded)
        #expect(host.text("starts") == "started")
    }

    @Test func `revert brings back what was there, a foreign link too`() throws {
        let host = try AgentHost()
        let files = FileManager.default
        try files.createDirectory(atPath: host.install + "/elsewhere", withIntermediateDirectories: true)
        try "by hand".write(toFile: host.install + "/elsewhere/version", atomically: true, encoding: .utf8)
        try files.createSymbolicLink(atPath: host.install + "/current", withDestinationPath: "elsewhere")
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        #expect(try agent.inspect(host.definition()).previous == "elsewhere")
        #expect(try agent.perform(host.claim(), "revert", .revert).ending == .succeeded)
        #expect(host.current == "elsewhere")
        #expect(host.text("running") == "by hand")
    }

    @Test func `what ran before is what it was, whatever was tried and taken back since`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        for number in 1...4 as ClosedRange<UInt64> {
            let claim = host.claim("r\(number)", epoch: number)
            try agent.deploy(claim, TestRelease("1.\(number)"), host.definition())
            if number > 2 { #expect(try agent.perform(claim, "revert", .revert).ending == .succeeded) }
            #expect(try agent.inspect(host.definition()).previous == (number == 1 ? "" : "1.1"))
            try agent.finish(claim)
        }
        #expect(host.current == "releases/1.2")
        #expect(try agent.inspect(host.definition()).releases.map(\.name).contains("1.1"))
    }

    @Test func `revert to nothing removes the link and stops the service`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.begin(host.claim("r0"), host.definition())
        #expect(try agent.perform(host.claim("r0"), "revert", .revert).ending == .succeeded)
        try agent.deploy(host.claim(epoch: 2), TestRelease("1.0"), host.definition())
        #expect(try agent.perform(host.claim(epoch: 2), "revert", .revert).ending == .succeeded)
        #expect(host.current == nil)
        #expect(host.text("running") == nil)
    }

    @Test func `an interrupted upload goes on where it stopped`() throws {
        let host = try AgentHost()
        let (claim, release) = (host.claim(), TestRelease("1.0", payload: 500_000))
        let digest = release.reference.packedDigest
        let first = try host.connect()
        try first.begin(claim, host.definition())
        #expect(try first.offer(claim, release.reference) == 0)
        try first.send(.chunk(Chunk(packedDigest: digest, offset: 0, content: Array(release.packed[..<200_000]))))
        // Answered behind the chunk.
        _ = try first.inspect(host.definition())
        host.kill()
        try host.start()
        let agent = try host.connect()
        #expect(try agent.offer(claim, release.reference) == 200_000)
        try agent.upload(claim, release)
        #expect(try agent.perform(claim, "stage", .stage(release.reference)).ending == .succeeded)
        #expect(try agent.offer(claim, release.reference) == release.reference.packedSize)
    }

    @Test func `finishing keeps as many releases as asked, the current and the previous among them`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        for number in 1...4 as ClosedRange<UInt64> {
            let claim = host.claim("r\(number)", epoch: number)
            try agent.deploy(claim, TestRelease("1.\(number)"), host.definition())
            try agent.finish(claim)
        }
        #expect(Set(try agent.inspect(host.definition()).releases.map(\.name)) == ["1.3", "1.4"])
        try waitUntil("what was retired is gone") {
            try FileManager.default.contentsOfDirectory(atPath: host.install + "/releases").count == 4
        }
    }

    @Test func `hooks run in order around the switch with a clean environment`() throws {
        let host = try AgentHost()
        let script = Array(
            "#!/bin/sh\necho $COORD_HOOK $COORD_RELEASE $(readlink current) ${HOOK_LEAK-} >> order\n".utf8)
        let points: [Hook.Point] = [
            .afterAllowTraffic, .applicationStart, .afterInstall, .install, .beforeBlockTraffic,
        ]
        let hooks = points.map { Hook(point: $0, name: "order", content: script) }
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition(hooks: hooks))
        let watch = StepAction.watch(minimumHealthyMilliseconds: 0, deadlineMilliseconds: 5000)
        #expect(try agent.perform(host.claim(), "watch", watch).ending == .succeeded)
        let expected = [
            "before_block_traffic 1.0", "install 1.0", "after_install 1.0 releases/1.0",
            "application_start 1.0 releases/1.0", "after_allow_traffic 1.0 releases/1.0",
        ]
        #expect(host.text("order")?.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == expected)
    }

    @Test func `two services work at the same time, one step each`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let claim = host.claim()
        let check = HealthCheck(
            name: "never", probe: .script(Array("#!/bin/sh\nexit 1\n".utf8)), timeoutMilliseconds: 1000)
        try agent.deploy(claim, TestRelease("1.0"), host.definition(checks: [check]))
        let watch = StepAction.watch(minimumHealthyMilliseconds: 0, deadlineMilliseconds: 60_000)
        let watching = try agent.send(.perform(Perform(claim: claim, step: "watch", action: watch)))
        var other = host.definition()
        other.service = "cart"
        other.installDirectory = host.root + "/cart"
        let otherClaim = Claim(service: "cart", rollout: "r1", epoch: 1, holder: "t")
        try host.connect().deploy(otherClaim, TestRelease("1.0"), other)
        // A watch changes nothing, so a revert need not wait for it.
        #expect(try host.connect().perform(claim, "revert", .revert).ending == .succeeded)
        guard case .performed(let result) = try agent.reply(to: watching) else { throw AgentConnection.Closed() }
        #expect(result.ending == .interrupted)
    }
}
