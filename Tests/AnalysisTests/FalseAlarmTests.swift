import Analysis
import CanarySimulator
import Testing

/// The same as `make rates`, of fewer canaries: enough to see a rate that is far off.
@Suite struct FalseAlarmTests {
    @Test(arguments: HostNoise.allCases)
    func `of canaries without any effect no more than alpha fail`(noise: HostNoise) {
        let rules = ComparisonRules(rounds: 30, tolerance: .absolute(0))
        let tally = CanarySimulation(
            noise, canaryHosts: 1, baselineHosts: 5, rules: rules, roundsBefore: 15
        ).run(1000, seed: 7)
        // Five percent, and three standard errors of a rate measured a thousand times.
        #expect(tally.rate(tally.failed) < 0.05 + 0.021, "replay with seed 7: \(tally)")
    }

    @Test func `of canaries that are worse by just the tolerance no more than alpha pass`() {
        let rules = ComparisonRules(rounds: 30, tolerance: .absolute(10))
        let tally = CanarySimulation(
            .hostEffects, canaryHosts: 2, baselineHosts: 5, rules: rules, roundsBefore: 15, effect: 10
        ).run(1000, seed: 7)
        #expect(tally.rate(tally.successful) < 0.05 + 0.021, "replay with seed 7: \(tally)")
    }
}
