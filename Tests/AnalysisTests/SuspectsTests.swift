import FleetModel
import Testing

@testable import Analysis

@Suite struct SuspectsTests {
    private func hosts(_ prefix: String, _ count: Int, _ facts: (Int) -> [String: String]) -> [HostName: [String:
        String]]
    {
        var hosts: [HostName: [String: String]] = [:]
        for index in 0..<count { if let name = HostName("\(prefix)\(index)") { hosts[name] = facts(index) } }
        return hosts
    }

    @Test func `what all failures and no others have comes first`() throws {
        let failed = hosts("f", 7) { ["kernel": "6.1.0-18", "rack": "r\($0 % 3)"] }
        let others = hosts("o", 40) { ["kernel": "6.1.0-21", "rack": "r\($0 % 3)"] }
        let suspect = try #require(Suspects.rank(failed: failed, others: others).first)
        #expect(suspect.isSignificant)
        // One over the ways to choose 7 of 47 hosts, times the four facts that could have been significant.
        #expect((suspect.p * 62_891_499 / 4 - 1).magnitude < 1e-6, "\(suspect.p)")
        #expect(suspect.description == "7/7 failures have kernel 6.1.0-18; 0/40 others do (p = 6e-08)")
    }

    @Test func `facts that the same hosts have are one suspect`() throws {
        let failed = hosts("f", 5) { _ in ["kernel": "6.1", "distribution": "12"] }
        let others = hosts("o", 20) { _ in ["kernel": "6.6", "distribution": "13"] }
        let ranked = Suspects.rank(failed: failed, others: others)
        #expect(ranked.map(\.facts) == [[.init("distribution", "12"), .init("kernel", "6.1")]])
    }

    @Test(arguments: [(1, 40), (2, 3), (3, 2), (0, 40), (5, 0)])
    func `too few hosts make no suspect significant`(failures: Int, wells: Int) {
        let failed = hosts("f", failures) { _ in ["kernel": "6.1"] }
        let others = hosts("o", wells) { _ in ["kernel": "6.6"] }
        #expect(Suspects.rank(failed: failed, others: others).filter(\.isSignificant).isEmpty)
    }

    @Test func `what every host has for itself is no suspect`() {
        let failed = hosts("f", 7) { ["serial": "f\($0)"] }
        let others = hosts("o", 40) { ["serial": "o\($0)"] }
        #expect(Suspects.rank(failed: failed, others: others).isEmpty)
    }

    @Test func `many facts without meaning seldom name one`() {
        var generator = SeededGenerator(seed: 3)
        var alarms = 0
        for _ in 0..<200 {
            let facts = { (_: Int) in
                Dictionary(
                    uniqueKeysWithValues: (0..<15).map { ("fact\($0)", "\(Int.random(in: 0..<3, using: &generator))") })
            }
            let ranked = Suspects.rank(failed: hosts("f", 8, facts), others: hosts("o", 30, facts))
            if ranked.contains(where: \.isSignificant) { alarms += 1 }
        }
        // Five percent of 200 are ten; three standard errors more are nineteen.
        #expect(alarms <= 19)
    }

    /// R: fisher.test(matrix(c(3, 1, 1, 3), 2), alternative = "greater"), the lady tasting tea: 17/70.
    @Test func `p is Fisher's`() {
        let tea = FisherTest(failedWith: 3, failed: 4, othersWith: 1, others: 4)
        #expect((tea.p - 17.0 / 70).magnitude < 1e-12)
        #expect((tea.smallestPossible - 1.0 / 70).magnitude < 1e-12)
        #expect(FisherTest(failedWith: 4, failed: 4, othersWith: 4, others: 4).p == 1)
    }

    @Test func `ten thousand hosts neither overflow nor take long`() throws {
        let failed = hosts("f", 3000) { ["kernel": $0 % 10 == 0 ? "b" : "a", "cpu": "\($0 % 7)"] }
        let others = hosts("o", 7000) { ["kernel": $0 % 10 == 0 ? "a" : "b", "cpu": "\($0 % 7)"] }
        let ranked = Suspects.rank(failed: failed, others: others)
        let suspect = try #require(ranked.first)
        #expect(suspect.facts == [.init("kernel", "a")])
        #expect(suspect.p < 1e-300 && suspect.p >= 0)
        #expect(ranked.filter(\.isSignificant).count == 1)
        // The tail sums to one from where it begins, to rounding.
        let balanced = FisherTest(failedWith: 1500, failed: 3000, othersWith: 3500, others: 7000)
        #expect((balanced.p - 0.5).magnitude < 0.02)
    }

    @Test func `what hosts say of themselves is made printable`() {
        let suspect = Suspect(
            facts: [.init("kernel", "6.1\u{1B}[31m")], failedWith: 3, failed: 4, othersWith: 0, others: 9, p: 0.2)
        #expect(suspect.description == "3/4 failures have kernel 6.1[31m; 0/9 others do (p = 0.2, may be chance)")
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
