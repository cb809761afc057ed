/// What one look of a comparison saw. The difference and its bounds are positive where the canary is worse.
public struct ComparisonEstimate: Hashable, Sendable {
    /// The mean over one side's hosts.
    public struct Side: Hashable, Sendable {
        public var before: Double
        public var after: Double
    }

    /// By how much more the canary got worse than the baseline, in the metric's unit.
    public var difference: Double
    /// It is less than this with a probability of at most α, over all looks together.
    public var lower: Double
    /// It is more than this with a probability of at most α, over all looks together.
    public var upper: Double
    /// What the rules tolerate, in the metric's unit.
    public var tolerated: Double
    public var canary: Side
    public var baseline: Side
    /// Hosts of the baseline that gave enough data.
    public var baselineHosts: Int

    init(
        _ found: DifferenceInDifferences, critical: Double, tolerated: Double, canary: Side, baseline: Side,
        baselineHosts: Int
    ) {
        difference = found.difference
        lower = found.difference - critical * found.standardError
        upper = found.difference + critical * found.standardError
        self.tolerated = tolerated
        self.canary = canary
        self.baseline = baseline
        self.baselineHosts = baselineHosts
    }

    /// `canary 60 → 95, baseline 60 → 61: worse by 34 (31 to 37), tolerated is 6`.
    func text(_ worse: ComparisonRules.Worse) -> String {
        let sides =
            "canary \(canary.before.brief) → \(canary.after.brief), "
            + "baseline \(baseline.before.brief) → \(baseline.after.brief)"
        // A range that begins below zero reaches from better to worse.
        let verb = worse == .higher ? "increase" : "decrease"
        return
            "\(sides): \(verb) by \(difference.brief) (\(lower.brief) to \(upper.brief)), "
            + "tolerated is \(tolerated.brief)"
    }
}
