import Analysis
import FleetModel
import RolloutSpec

// The spec's words in the analysis's terms.

extension RolloutSpec.Analysis {
    /// Measurements from before the change, at most: with these the error rates are as promised (docs/analysis.md), and
    /// nobody waits for longer than a quarter of what comes after.
    private static let maximumRoundsBefore = 15

    /// How often it is measured before the first host changes; nil where nothing is compared with.
    var roundsBefore: Int? {
        guard case .comparison(let comparison) = judgement else { return nil }
        let rounds = ComparisonRules.rounds(in: comparison.maximum, every: interval)
        return min(Self.maximumRoundsBefore, max(2, rounds / 4))
    }

    /// Nil where there are too few hosts to compare.
    func makeRun(_ sides: AnalysisSides) -> (any AnalysisRun)? {
        switch judgement {
        case .thresholds(let thresholds):
            guard let criterion = ThresholdCriterion(thresholds) else { return nil }
            let limits = ThresholdAnalysis.Limits(
                interval: interval, count: max(1, thresholds.count), failureLimit: thresholds.failureLimit,
                inconclusiveLimit: thresholds.inconclusiveLimit, consecutiveErrorLimit: consecutiveErrorLimit,
                initialDelay: initialDelay)
            return ThresholdAnalysis(criterion, limits: limits, hosts: Set(sides.canary))
        case .comparison(let comparison): return makeComparison(comparison, sides)
        }
    }

    func makeComparison(_ comparison: Comparison, _ sides: AnalysisSides) -> BaselineComparison? {
        guard !sides.canary.isEmpty, sides.baseline.count >= AnalysisSides.minimumBaseline else { return nil }
        let rules = ComparisonRules(
            interval: interval, rounds: ComparisonRules.rounds(in: comparison.maximum, every: interval),
            // The verdict's two ways of being wrong share what is below one half.
            alpha: min(comparison.alpha, 0.499), tolerance: .relative(comparison.tolerance),
            worse: comparison.worse == .higher ? .higher : .lower, consecutiveErrorLimit: consecutiveErrorLimit,
            initialDelay: initialDelay)
        return BaselineComparison(canary: sides.canary, baseline: sides.baseline, rules: rules)
    }
}

extension ThresholdCriterion {
    /// Nil without a condition, which no spec that was read has.
    fileprivate init?(_ thresholds: RolloutSpec.Analysis.Thresholds) {
        switch (thresholds.success.map(Condition.init), thresholds.failure.map(Condition.init)) {
        case (let success?, let failure?): self = .both(success: success, failure: failure)
        case (let success?, nil): self = .success(success)
        case (nil, let failure?): self = .failure(failure)
        case (nil, nil): return nil
        }
    }
}

extension Condition {
    fileprivate init(_ threshold: RolloutSpec.Analysis.Threshold) {
        let comparator: Comparator =
            switch threshold.relation {
            case .atMost: .lessOrEqual
            case .atLeast: .greaterOrEqual
            case .below: .less
            case .above: .greater
            }
        self.init(Term(comparator, threshold.bound))
    }
}
