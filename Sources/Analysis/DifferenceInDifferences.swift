import RealModule

/// By how much more the canary's hosts changed than the baseline's, each host counting once.
struct DifferenceInDifferences: Hashable {
    /// The canary's mean change less the baseline's.
    var difference: Double
    /// Of the difference, in the metric's unit.
    var standardError: Double
    var degreesOfFreedom: Int
    /// Every host of the canary changed by the same, and every host of the baseline: nothing tells chance from effect.
    var isWithoutSpread: Bool

    /// Nil where there is no canary, or fewer than two hosts of the baseline, because then nothing tells how much hosts
    /// differ.
    /// `level` is what the hosts measure anyway.
    init?(canary: [Double], baseline: [Double], level: Double) {
        guard !canary.isEmpty, baseline.count >= 2 else { return nil }
        let canaryMean = mean(canary)
        let baselineMean = mean(baseline)
        let squares = squareSum(canary, around: canaryMean) + squareSum(baseline, around: baselineMean)
        degreesOfFreedom = canary.count + baseline.count - 2
        difference = canaryMean - baselineMean
        // One canary host says nothing of how much hosts differ, so both sides are taken to differ alike.
        let variance = squares / Double(degreesOfFreedom)
        standardError = (variance * (1 / Double(canary.count) + 1 / Double(baseline.count))).squareRoot()
        // Means of equal numbers may differ in the last bits.
        isWithoutSpread = variance.squareRoot() <= 1e-12 * max(level, difference.magnitude)
        guard difference.isFinite, standardError.isFinite else { return nil }
    }
}

/// Zero for no values.
func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

private func squareSum(_ values: [Double], around center: Double) -> Double {
    values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
}
