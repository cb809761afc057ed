import AgentProtocol
import Foundation
import Testing

@Suite struct BoundsTests {
    @Test func `the first request is a hello with a version that the agent speaks`() throws {
        let host = try AgentHost()
        let silent = try AgentConnection(host.socket)
        guard case .refused(let first) = try silent.ask(.finish(Finish(claim: host.claim()))) else {
            throw AgentConnection.Closed()
        }
        #expect(first.reason == .version)
        #expect(throws: AgentConnection.Closed.self) { try silent.receive() }
        let newer = try AgentConnection(host.socket)
        let hello = Hello(lowestVersion: 3, highestVersion: 9, coordinatorVersion: "9")
        guard case .refused(let second) = try newer.ask(.hello(hello)) else { throw AgentConnection.Closed() }
        #expect(second.reason == .version)
        #expect(try AgentConnection(host.socket).hello().version == 2)
    }

    @Test(
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1, 0], [0, 0, 0, 5, 99, 0, 0, 0, 1], [0, 0, 0, 6, 1, 0, 0, 0, 1, 0x80],
            Array("GET / HTTP/1.1\r\n\r\n".utf8),
        ] as [[UInt8]])
    func `a hostile frame ends its connection and no other`(bytes: [UInt8]) throws {
        let host = try AgentHost()
        let good = try host.connect()
        let bad = try host.connect()
        try bad.send(raw: bytes)
        #expect(throws: AgentConnection.Closed.self) { try bad.receive() }
        #expect(try good.inspect(host.definition()).current == "")
    }

    @Test func `a client that reads nothing is dropped and its step goes on`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let deaf = try host.connect()
        let watch = StepAction.watch(minimumHealthyMilliseconds: 100, deadlineMilliseconds: 60_000)
        let check = HealthCheck(
            name: "well", probe: .script(Array("#!/bin/sh\n[ -e well ]\n".utf8)), timeoutMilliseconds: 2000)
        let claim = host.claim("r2", epoch: 2)
        try deaf.begin(claim, host.definition(checks: [check]))
        try deaf.send(.perform(Perform(claim: claim, step: "watch", action: watch)))
        // Each refusal names its long holder; nobody reads them.
        let long = Claim(service: "shop", rollout: "r2", epoch: 9, holder: String(repeating: "x", count: 250))
        let finish = Request.finish(Finish(claim: long)).frame(id: 7).encoded
        #expect(throws: AgentConnection.Closed.self) {
            for _ in 0..<200_000 { try deaf.send(raw: finish) }
        }
        _ = FileManager.default.createFile(atPath: host.install + "/well", contents: nil)
        #expect(try agent.perform(claim, "watch", watch).ending == .succeeded)
    }

    @Test func `sixty-five connections leave the newest ones served`() throws {
        let host = try AgentHost()
        let connections = try (0..<65).map { _ in try host.connect() }
        let served = connections.map { (try? $0.inspect(host.definition())) != nil }
        #expect(served.filter { !$0 }.count == 1)
        #expect(served[64])
    }

    @Test func `bytes that the disk cannot hold are not asked for and the stage says why`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        var huge = TestRelease("1.0").reference
        huge.packedSize = UInt64(Int64.max)
        try agent.begin(host.claim(), host.definition())
        #expect(try agent.offer(host.claim(), huge) == huge.packedSize)
        #expect(try agent.perform(host.claim(), "stage", .stage(huge)).ending == .outOfSpace)
    }

    @Test func `a hook over its time is killed with all that it started`() throws {
        let host = try AgentHost()
        let script = "#!/bin/sh\nsleep 1000 &\necho $! > child.pid\necho last words\nwait\n"
        let hook = Hook(point: .beforeInstall, name: "slow", content: Array(script.utf8))
        let agent = try host.connect()
        try agent.begin(host.claim(), host.definition(hooks: [hook], timeout: 300))
        try agent.upload(host.claim(), TestRelease("1.0"))
        _ = try agent.perform(host.claim(), "stage", .stage(TestRelease("1.0").reference))
        let result = try agent.perform(host.claim(), "activate", .activate(release: "1.0"))
        #expect(result.ending == .timedOut)
        #expect(String(decoding: result.output, as: UTF8.self) == "last words\n")
        #expect(host.current == nil)
        let child = try #require(Int32(host.text("child.pid") ?? ""))
        try waitUntil("the hook's child is gone") { kill(child, 0) != 0 || isZombie(child) }
    }

    @Test func `of a flood of output the last bytes come back`() throws {
        let host = try AgentHost()
        let script = "#!/bin/sh\nhead -c 20000000 /dev/zero\necho the end\nexit 3\n"
        let hook = Hook(point: .beforeInstall, name: "flood", content: Array(script.utf8))
        let agent = try host.connect()
        try agent.begin(host.claim(), host.definition(hooks: [hook]))
        try agent.upload(host.claim(), TestRelease("1.0"))
        _ = try agent.perform(host.claim(), "stage", .stage(TestRelease("1.0").reference))
        let result = try agent.perform(host.claim(), "activate", .activate(release: "1.0"))
        #expect(result.ending == .hookFailed)
        #expect(result.problem == "hook before_install (flood) failed with exit status 3")
        #expect(result.output.count == ProtocolLimits.maximumOutputBytes)
        #expect(result.output.suffix(8).elementsEqual("the end\n".utf8))
    }

    @Test func `an artifact that is not what it says is refused and can be sent again`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let (claim, release) = (host.claim(), TestRelease("1.0"))
        try agent.begin(claim, host.definition())
        #expect(try agent.perform(claim, "stage-0", .stage(release.reference)).ending == .artifactUnusable)
        #expect(try agent.offer(claim, release.reference) == 0)
        var damaged = release.packed
        damaged[damaged.count - 1400] ^= 1
        try agent.send(.chunk(Chunk(packedDigest: release.reference.packedDigest, offset: 0, content: damaged)))
        #expect(try agent.perform(claim, "stage-1", .stage(release.reference)).ending != .succeeded)
        try agent.upload(claim, release)
        #expect(try agent.perform(claim, "stage-2", .stage(release.reference)).ending == .succeeded)
    }

    @Test func `an archive that holds what is refused leaves nothing behind`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        var archive: [UInt8] = []
        TestRelease.add("ok", .file(mode: 0o644, size: 2), Array("ok".utf8), to: &archive)
        var header = CanonicalArchive.header(
            for: ArchiveEntry(path: Array("zz".utf8), content: .directory(mode: 0o755)))
        header.replaceSubrange(0..<2, with: "..".utf8)
        let release = TestRelease("1.0", archive: archive + header + CanonicalArchive.trailer)
        try agent.begin(host.claim(), host.definition())
        try agent.upload(host.claim(), release)
        #expect(try agent.perform(host.claim(), "stage", .stage(release.reference)).ending == .archiveRefused)
        #expect(try FileManager.default.contentsOfDirectory(atPath: host.install + "/releases").isEmpty)
    }

    @Test func `a name that stands for other content is refused`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let other = Offer(claim: host.claim(), artifact: TestRelease("1.0", payload: 9).reference)
        guard case .refused(let refusal) = try agent.ask(.offer(other)) else { throw AgentConnection.Closed() }
        #expect(refusal.reason == .invalid)
        #expect(refusal.problem.contains("other content"))
    }

    @Test func `a directory in the place of current is refused with a remedy`() throws {
        let host = try AgentHost()
        try FileManager.default.createDirectory(atPath: host.install + "/current", withIntermediateDirectories: true)
        let agent = try host.connect()
        try agent.begin(host.claim(), host.definition())
        try agent.upload(host.claim(), TestRelease("1.0"))
        _ = try agent.perform(host.claim(), "stage", .stage(TestRelease("1.0").reference))
        let result = try agent.perform(host.claim(), "activate", .activate(release: "1.0"))
        #expect(result.ending == .internalError)
        #expect(result.problem.contains("move it away"))
    }

    @Test func `a release larger than the disk is refused before anything is touched`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let claim = host.claim("r2", epoch: 2)
        var large = TestRelease("2.0").reference
        large.size = UInt64(Int64.max)
        try agent.begin(claim, host.definition())
        try agent.upload(claim, TestRelease("2.0"))
        #expect(try agent.perform(claim, "stage", .stage(large)).ending == .outOfSpace)
        #expect(host.current == "releases/1.0")
    }

    @Test func `rollout after rollout leaves no descriptor open`() throws {
        let host = try AgentHost()
        let check = HealthCheck(name: "true", probe: .script(Array("#!/bin/sh\n".utf8)), timeoutMilliseconds: 1000)
        let agent = try host.connect()
        var counts: [Int] = []
        for number in 1...4 as ClosedRange<UInt64> {
            let claim = host.claim("r\(number)", epoch: number)
            try agent.deploy(claim, TestRelease("1.\(number)"), host.definition(checks: [check]))
            let watch = StepAction.watch(minimumHealthyMilliseconds: 150, deadlineMilliseconds: 5000)
            #expect(try agent.perform(claim, "watch", watch).ending == .succeeded)
            #expect(try agent.perform(claim, "revert", .revert).ending == .succeeded)
            _ = try agent.inspect(host.definition(checks: [check]), probes: true)
            try agent.finish(claim)
            // The worker that removes old releases has a pipe while it runs.
            try waitUntil("the workers have ended") { try descriptors(host) == counts.first ?? descriptors(host) }
            counts.append(try descriptors(host))
        }
        #expect(Set(counts).count == 1)
    }

    private func descriptors(_ host: AgentHost) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(host.processIdentifier)/fd").count
    }

    private func isZombie(_ process: Int32) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return status?.contains(") Z ") ?? true
    }
}
