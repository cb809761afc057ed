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

    @Test func `the newest version and at most the one before are spoken`() {
        #expect(ProtocolLimits.versions.count <= 2)
    }
}
