import AgentProtocol
import Testing

@Suite struct VersionTests {
    @Test(arguments: [
        (1...1 as ClosedRange<UInt64>, 1...1 as ClosedRange<UInt64>, 1 as UInt64?), (1...2, 1...1, 1),
        (2...3, 1...2, 2),
        (1...2, 1...2, 2), (1...1, 2...3, nil), (0...UInt64.max, 1...2, 2),
    ])
    func `peers speak the highest version that both know`(
        ours: ClosedRange<UInt64>, theirs: ClosedRange<UInt64>, agreed: UInt64?
    ) {
        #expect(ProtocolLimits.agreedVersion(ours, theirs) == agreed)
        #expect(ProtocolLimits.agreedVersion(theirs, ours) == agreed)
    }

    @Test func `version 1 is a plain rollout, and what is more needs version 2`() {
        let plain = SampleMessages.requests.filter { $0.minimumVersion == 1 }.map { $0.frame(id: 1).kind }
        #expect(Set(plain) == [1, 2, 3, 4, 5, 6, 7])
        let steps = SampleMessages.actions.map { action in
            Request.perform(Perform(claim: SampleMessages.claim, step: "s", action: action)).minimumVersion
        }
        #expect(steps == [1, 1, 1, 1, 2, 2])
        let newer = SampleMessages.requests.filter { $0.minimumVersion == 2 }.map { $0.frame(id: 1).kind }
        // An offered and a staged configuration among them.
        #expect(Set(newer) == [4, 6, 8, 9, 10, 11, 12, 13, 14])
    }

    @Test func `the newest version and at most the one before are spoken`() {
        #expect(ProtocolLimits.versions.count <= 2)
    }
}
