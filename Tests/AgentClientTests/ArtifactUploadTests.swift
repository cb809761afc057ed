import AgentProtocol
import HostAccess
import Testing

@testable import AgentClient

@Suite struct ArtifactUploadTests {
    static let content = (0..<(3 * ProtocolLimits.maximumChunkBytes + 17)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    static let artifact = ArtifactReference(
        release: "1.4.2", digest: "d", size: 9, packedDigest: "p", packedSize: UInt64(content.count)
    )
    static let reader: ArtifactReader = { offset, count in Array(content[Int(offset)..<Int(offset) + count]) }

    let clock = ManualClock()

    func hostAgent(on host: ScriptedHost) throws -> HostAgent {
        HostAgent(endpoint: try .test(), connector: host, coordinatorVersion: "1.0.0", clock: clock, jitter: { 1 })
    }

    /// An agent that keeps what it is sent in `disk`, and loses the link after that many chunks.
    static func storing(in disk: Log<UInt8>, losingLinkAfter limit: Int = .max) -> ScriptedAgent {
        let chunks = Log<UInt64>()
        return ScriptedAgent { request, id, stream in
            switch request {
            case .offer: await stream.reply(.wanted(offset: UInt64(disk.entries.count)), to: id)
            case .chunk(let chunk) where chunks.entries.count < limit && chunk.offset == disk.entries.count:
                chunks.append(chunk.offset)
                for byte in chunk.content { disk.append(byte) }
                if chunks.entries.count == limit { await stream.loseLink() }
            default: break
            }
        }
    }

    @Test func `an upload goes on from the offset that the host tells after a lost link`() async throws {
        let disk = Log<UInt8>()
        let host = ScriptedHost(
            .reaches(Self.storing(in: disk, losingLinkAfter: 2)), .reaches(Self.storing(in: disk))
        )
        let agent = try hostAgent(on: host)
        let told = Log<UInt64>()
        async let uploaded: Void = agent.upload(Self.artifact, claim: .test, deadline: .seconds(60), from: Self.reader)
        {
            told.append($0)
        }
        await clock.passSleep(of: .milliseconds(250))
        try await uploaded
        #expect(disk.entries == Self.content)
        #expect(host.connectCount == 2)
        #expect(told.entries.first == 0)
        #expect(told.entries.last == Self.artifact.packedSize)
        #expect(clock.sleeperCount == 0)
        await agent.close()
    }

    @Test func `nothing is read or sent where the host has it all`() async throws {
        let host = ScriptedHost(
            .reaches(
                ScriptedAgent { request, id, stream in
                    guard case .offer = request else {
                        Issue.record("\(request)")
                        return
                    }
                    await stream.reply(.wanted(offset: Self.artifact.packedSize), to: id)
                }))
        let agent = try hostAgent(on: host)
        try await agent.upload(
            Self.artifact, claim: .test, deadline: .seconds(60),
            from: { _, _ in
                Issue.record("read")
                return []
            }
        )
        await agent.close()
    }

    @Test func `a host that wants bytes beyond the end is not believed`() async throws {
        let host = ScriptedHost(
            .reaches(
                ScriptedAgent { _, id, stream in
                    await stream.reply(.wanted(offset: .max), to: id)
                }))
        let agent = try hostAgent(on: host)
        let error = await #expect(throws: AgentError.self) {
            try await agent.upload(Self.artifact, claim: .test, deadline: .seconds(60), from: Self.reader)
        }
        #expect(error?.isTransient == false)
        await agent.close()
    }

    @Test func `an artifact that became shorter fails the upload at once`() async throws {
        let agent = try hostAgent(on: ScriptedHost(.reaches(Self.storing(in: Log<UInt8>()))))
        await #expect(throws: AgentError.artifactUnreadable("1 bytes at offset 0, not 262144")) {
            try await agent.upload(Self.artifact, claim: .test, deadline: .seconds(60), from: { _, _ in [1] })
        }
        await agent.close()
    }
}
