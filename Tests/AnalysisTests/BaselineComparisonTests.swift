import CanarySimulator
import FleetModel
import Testing

@testable import Analysis

@Suite struct BaselineComparisonTests {
    private let canary = ["c1"].compactMap(HostName.init)
    private let baseline = ["b1", "b2", "b3", "b4", "b5"].compactMap(HostName.init)

    private func comparison(
        canary: [HostName]? = nil, rules: ComparisonRules = ComparisonRules(rounds: 8)
    ) -> BaselineComparison {
        BaselineComparison(canary: canary ?? self.canary, baseline: baseline, rules: rules)
    }

    /// Hosts that differ by one from the next; the canary has `extra` more.
    private func round(_ level: Double, extra: Double = 0, without: [HostName] = []) -> MetricReading {
        var values: [HostName: Double] = [:]
        for (index, host) in baseline.enumerated() { values[host] = level + Double(index) }
        for host in canary { values[host] = level + 2 + extra }
        return .perHost(values.filter { !without.contains($0.key) })
    }

    /// The changes of the baseline's hosts differ: -0.2, -0.1, 0, 0.1, 0.2.
    private func wobbling(_ level: Double, extra: Double = 0, without: [HostName] = []) -> MetricReading {
        guard case .perHost(var values) = round(level, extra: extra, without: without) else { return .noData }
        for (index, host) in baseline.enumerated() { values[host]? += Double(index - 2) / 10 }
        return .perHost(values)
    }

    @Test func `a canary that gets much worse fails at the first look, with the figures`() {
        var comparison = comparison()
        comparison.takeBefore(round(100))
        var verdict: AnalysisVerdict?
        while verdict == nil { verdict = comparison.take(wobbling(100, extra: 50)) }
        #expect(comparison.round == 4)
        #expect(verdict?.reason?.hasPrefix("canary 102 → 152, baseline 102 → 102: increase by 50 (") == true)
        guard case .failed = verdict else { return #expect(Bool(false), "\(String(describing: verdict))") }
    }

    @Test func `a canary that changes as the baseline does passes, whatever all hosts do`() {
        var comparison = comparison()
        comparison.takeBefore(round(100))
        var verdict: AnalysisVerdict?
        for _ in 0..<8 where verdict == nil { verdict = comparison.take(wobbling(180)) }
        #expect(verdict == .successful)
    }

    @Test func `where lower is worse, a drop fails and a rise passes`() {
        for (extra, isFailure) in [(-50.0, true), (50, false)] {
            var comparison = comparison(rules: ComparisonRules(rounds: 8, worse: .lower))
            comparison.takeBefore(round(100))
            var verdict: AnalysisVerdict?
            while verdict == nil { verdict = comparison.take(wobbling(100, extra: extra)) }
            #expect((verdict?.reason?.contains("decrease by 50") ?? false) == isFailure)
            #expect((verdict == .successful) == !isFailure)
        }
    }

    @Test func `what can't be told until the end is inconclusive`() {
        var comparison = comparison(rules: ComparisonRules(rounds: 4, tolerance: .absolute(0.2)))
        comparison.takeBefore(round(100))
        let verdicts = (0..<4).map { _ in comparison.take(wobbling(100, extra: 0.3)) }
        #expect(verdicts[..<3].allSatisfy { $0 == nil })
        guard case .inconclusive = verdicts[3] else { return #expect(Bool(false), "\(verdicts)") }
    }

    @Test func `a canary host without data keeps it from any verdict, and is named`() {
        var comparison = comparison()
        comparison.takeBefore(round(100))
        let verdicts = (0..<8).map { _ in comparison.take(wobbling(100, without: canary)) }
        #expect(verdicts[..<7].allSatisfy { $0 == nil })
        #expect(verdicts[7] == .inconclusive("not enough data of c1, before the change or after it"))
    }

    @Test func `without measurements before the change nothing is compared`() {
        var comparison = comparison()
        let verdicts = (0..<8).map { _ in comparison.take(wobbling(100)) }
        guard case .inconclusive = verdicts[7] else { return #expect(Bool(false), "\(verdicts)") }
    }

    @Test func `a baseline that dwindles to one host decides nothing`() {
        var comparison = comparison()
        comparison.takeBefore(round(100))
        let verdicts = (0..<8).map { _ in comparison.take(wobbling(100, extra: 90, without: Array(baseline.dropLast())))
        }
        #expect(verdicts[7] == .inconclusive("1 of 5 baseline hosts gave enough data; two are needed at least"))
    }

    @Test func `measuring nothing again and again is an error`() {
        var comparison = comparison()
        comparison.takeBefore(round(100))
        let verdicts = [MetricReading.noData, .perHost([:]), .error("refused"), .noData, .noData].map {
            comparison.take($0)
        }
        #expect(verdicts[3] == nil)
        #expect(verdicts[4] == .error("no data (5 errors one after the other)"))
    }

    @Test func `one number for all hosts can't be compared`() {
        var comparison = comparison()
        guard case .error = comparison.take(.value(1)) else { return #expect(Bool(false)) }
    }

    /// All hosts measure zero, and so does the canary, or does not.
    @Test(arguments: [(0.0, 5, "successful"), (40, 5, "inconclusive"), (40, 19, "failed")])
    func `where no host differs, few hosts can pass a canary and not fail it`(
        extra: Double, hosts: Int, outcome: String
    ) {
        let baseline = (0..<hosts).compactMap { HostName("b\($0)") }
        var comparison = BaselineComparison(
            canary: canary, baseline: baseline, rules: ComparisonRules(rounds: 8, tolerance: .absolute(1)))
        var values = Dictionary(uniqueKeysWithValues: (baseline + canary).map { ($0, 0.0) })
        comparison.takeBefore(.perHost(values))
        values[canary[0]] = extra
        let verdicts = (0..<8).map { _ in comparison.take(.perHost(values)) }
        #expect(verdicts[..<7].allSatisfy { $0 == nil })
        #expect("\(verdicts[7].map { "\($0)" } ?? "")".hasPrefix(outcome), "\(verdicts)")
    }

    @Test func `numbers that overflow are no verdict`() {
        var comparison = comparison()
        comparison.takeBefore(round(100))
        let huge = MetricReading.perHost(
            Dictionary(uniqueKeysWithValues: (canary + baseline).map { ($0, Double.greatestFiniteMagnitude) }))
        let verdicts = (0..<8).map { _ in comparison.take(huge) }
        guard case .inconclusive = verdicts[7] else { return #expect(Bool(false), "\(verdicts)") }
    }

    @Test func `the error probabilities of all looks add up to alpha`() {
        for rounds in [1, 2, 3, 7, 60, 1000, 1_000_000] {
            let looks = LookSchedule(rounds: rounds, alpha: 0.05).looks
            #expect((looks.reduce(0) { $0 + $1.alpha } - 0.05).magnitude < 1e-12)
            #expect(looks.last?.round == rounds)
            #expect(zip(looks, looks.dropFirst()).allSatisfy { $0.round < $1.round })
        }
    }

    @Test func `what it promises to find it finds four times in five`() {
        let rules = ComparisonRules(tolerance: .absolute(0))
        // The spread of independent samples' changes, of standard deviation 10: √(10²/60 + 10²/60).
        let spread = (100.0 / 60 + 100.0 / 60).squareRoot()
        let effect = minimumDetectableEffect(canaryHosts: 2, baselineHosts: 5, spread: spread, rules: rules)
        let tally = CanarySimulation(
            .independent, canaryHosts: 2, baselineHosts: 5, rules: rules, effect: effect
        ).run(300, seed: 1)
        #expect((0.75...0.92).contains(tally.rate(tally.failed)), "\(tally)")
    }

    @Test func `it says beforehand what it can find`() {
        var comparison = comparison()
        #expect(comparison.promise.hasSuffix("nothing was measured that tells what can be found"))
        comparison.takeBefore(round(100))
        comparison.takeBefore(wobbling(100))
        let promise = "1 canary against 5 baseline hosts: finds an increase by "
        #expect(comparison.promise.hasPrefix(promise), "\(comparison.promise)")
        #expect(comparison.promise.hasSuffix("four times in five; up to 10.2 is tolerated"), "\(comparison.promise)")
    }
}
