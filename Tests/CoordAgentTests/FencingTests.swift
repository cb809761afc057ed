import AgentProtocol
import Testing

@testable import CoordAgent

@Suite struct FencingTests {
    private func claim(_ rollout: String, _ epoch: UInt64) -> Claim {
        Claim(service: "shop", rollout: rollout, epoch: epoch, holder: "someone")
    }

    @Test(
        arguments: [
            (rollout: "held", epoch: 5, isFinished: false, expected: nil),
            ("held", 6, false, nil),
            ("held", 4, false, .staleEpoch),
            ("other", 4, false, .staleEpoch),
            ("other", 5, false, .held),
            ("other", 5, true, .staleEpoch),
            ("other", 6, false, nil),
            ("other", 6, true, nil),
            ("other", 4, true, .staleEpoch),
        ] as [(rollout: String, epoch: UInt64, isFinished: Bool, expected: Refusal.Reason?)])
    func `who may begin`(rollout: String, epoch: UInt64, isFinished: Bool, expected: Refusal.Reason?) {
        let record = ClaimRecord(claim: claim("held", 5), isFinished: isFinished)
        let refusal = record.refusal(toBegin: claim(rollout, epoch))
        #expect(refusal?.reason == expected)
        #expect(refusal == nil || refusal?.holder == record.claim)
    }

    @Test(
        arguments: [
            (rollout: "held", epoch: 5, expected: nil), ("held", 4, .staleEpoch), ("held", 6, .invalid),
            ("other", 4, .staleEpoch), ("other", 5, .staleEpoch), ("other", 6, .invalid),
        ] as [(rollout: String, epoch: UInt64, expected: Refusal.Reason?)])
    func `who may change`(rollout: String, epoch: UInt64, expected: Refusal.Reason?) {
        #expect(ClaimRecord(claim: claim("held", 5)).refusal(toChange: claim(rollout, epoch))?.reason == expected)
    }

    @Test func `an agent remembers the highest epoch over a crash and refuses every change of a stale coordinator`()
        throws
    {
        let host = try AgentHost()
        try host.connect().begin(host.claim("new", epoch: 7), host.definition())
        host.kill()
        try host.start()
        let agent = try host.connect()
        let stale = host.claim("old", epoch: 6)
        let requests: [Request] = [
            .begin(Begin(claim: stale, definition: host.definition())),
            .offer(Offer(claim: stale, artifact: TestRelease("1.0").reference)),
            .perform(Perform(claim: stale, step: "activate", action: .activate(release: "1.0"))),
            .finish(Finish(claim: stale)),
        ]
        for request in requests {
            guard case .refused(let refusal) = try agent.ask(request) else { throw AgentConnection.Closed() }
            #expect(refusal.reason == .staleEpoch)
            #expect(refusal.holder?.rollout == "new")
        }
        #expect(try agent.inspect(host.definition()).epoch == 7)
    }

    @Test func `names that could leave their directory are refused`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        var climbing = host.definition()
        climbing.installDirectory = "/opt/../etc"
        var option = host.definition()
        option.control.unit = "--root=/"
        let requests: [Request] = [
            .begin(Begin(claim: host.claim("../r"), definition: host.definition())),
            .begin(Begin(claim: host.claim(), definition: climbing)),
            .begin(Begin(claim: host.claim(), definition: option)),
            .inspect(Inspect(definition: climbing, probesHealth: false)),
        ]
        for request in requests {
            guard case .refused(let refusal) = try agent.ask(request) else { throw AgentConnection.Closed() }
            #expect(refusal.reason == .invalid)
        }
    }
}
