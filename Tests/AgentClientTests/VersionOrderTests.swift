import Testing

@testable import AgentClient

@Suite struct VersionOrderTests {
    @Test(arguments: [
        ("1.0.1", "1.0.0", true), ("1.10.0", "1.9.9", true), ("2.0.0", "1.9.9", true), ("1.0.0", "1.0.0", false),
        ("1.0.0", "1.0.0-rc.1", true), ("1.0.0-rc.1", "1.0.0", false), ("0.9.0", "1.0.0", false),
        ("1.0.0+b2", "1.0.0+b1", false), ("nonsense", "1.0.0", false), ("1.0", "0.1.0", false),
        ("99999999999999999999.0.0", "1.0.0", false),
    ])
    func `a downgrade is told from an upgrade`(version: String, other: String, isNewer: Bool) {
        #expect(VersionOrder.isNewer(version, than: other) == isNewer)
    }
}
