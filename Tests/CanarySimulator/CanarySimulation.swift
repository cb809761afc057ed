import Analysis
import FleetModel

/// Many canaries of one kind, each of its own seed, and how often the comparison gave which verdict.
public struct CanarySimulation: Sendable {
    public var noise: HostNoise
    public var canaryHosts: Int
    public var baselineHosts: Int
    public var rules: ComparisonRules
    public var roundsBefore: Int
    /// Added to what canary hosts measure after the change.
    public var effect: Double

    public init(
        _ noise: HostNoise, canaryHosts: Int, baselineHosts: Int, rules: ComparisonRules, roundsBefore: Int = 60,
        effect: Double = 0
    ) {
        self.noise = noise
        self.canaryHosts = canaryHosts
        self.baselineHosts = baselineHosts
        self.rules = rules
        self.roundsBefore = roundsBefore
        self.effect = effect
    }

    /// How many canaries ended how.
    public struct Tally: Sendable {
        public var successful = 0
        public var failed = 0
        public var inconclusive = 0
        /// Rounds until the verdict, over all canaries.
        public var rounds = 0

        public var total: Int { successful + failed + inconclusive }

        /// Parts of all canaries.
        public func rate(_ count: Int) -> Double { Double(count) / Double(max(1, total)) }
    }

    /// Runs as many canaries as asked for.
    public func run(_ runs: Int, seed: UInt64) -> Tally {
        let canary = Self.hosts("canary", canaryHosts)
        let baseline = Self.hosts("baseline", baselineHosts)
        // The quantiles inside are worked out once.
        let template = BaselineComparison(canary: canary, baseline: baseline, rules: rules)
        var generator = SampleGenerator(seed: seed)
        var tally = Tally()
        for _ in 0..<runs {
            var comparison = template
            switch verdict(of: &comparison, canary: canary, baseline: baseline, &generator) {
            case .successful: tally.successful += 1
            case .failed: tally.failed += 1
            case .inconclusive, .error, nil: tally.inconclusive += 1
            }
            tally.rounds += comparison.round
        }
        return tally
    }

    private func verdict(
        of comparison: inout BaselineComparison, canary: [HostName], baseline: [HostName],
        _ generator: inout SampleGenerator
    ) -> AnalysisVerdict? {
        var series: [HostName: [Double]] = [:]
        for host in canary + baseline {
            series[host] = noise.samples(roundsBefore + rules.rounds, changeAt: roundsBefore, &generator)
        }
        for host in canary {
            for round in roundsBefore..<(roundsBefore + rules.rounds) { series[host]?[round] += effect }
        }
        for round in 0..<roundsBefore { comparison.takeBefore(.perHost(series.mapValues { $0[round] })) }
        for round in roundsBefore..<(roundsBefore + rules.rounds) {
            if let verdict = comparison.take(.perHost(series.mapValues { $0[round] })) { return verdict }
        }
        return nil
    }

    private static func hosts(_ prefix: String, _ count: Int) -> [HostName] {
        (0..<count).compactMap { HostName("\(prefix)-\($0)") }
    }
}
