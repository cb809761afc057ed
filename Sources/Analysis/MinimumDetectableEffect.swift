/// The smallest difference beyond what is tolerated that the last look of a comparison finds with a probability of
/// `power`, where the changes of unaffected hosts have a standard deviation of `spread`. In the unit of `spread`.
///
/// The earlier looks find some of them sooner, so it is found no less often than that.
public func minimumDetectableEffect(
    canaryHosts: Int, baselineHosts: Int, spread: Double, rules: ComparisonRules, power: Double = 0.8
) -> Double {
    precondition(canaryHosts >= 1 && baselineHosts >= 2, "refused when the plan is made")
    precondition(power > 0 && power < 1, "a power is a probability")
    let distribution = StudentDistribution(degreesOfFreedom: Double(canaryHosts + baselineHosts - 2))
    let last = LookSchedule(rules, canaryHosts: canaryHosts).looks.last
    let critical = distribution.quantile(upperTail: last?.alpha ?? rules.alpha)
    // The noncentrality that suffices lies within a few critical values, even with one degree of freedom.
    let noncentrality = bisect(0, 10 + 10 * critical) {
        distribution.power(critical: critical, noncentrality: $0) < power
    }
    return noncentrality * spread * (1 / Double(canaryHosts) + 1 / Double(baselineHosts)).squareRoot()
}
