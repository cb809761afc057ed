/// When a comparison looks at what it has measured, and how much of α each look may spend.
///
/// The looks lie geometrically: each has twice the measurements of the one before. Their error probabilities add up to
/// α, so the bounds hold at all looks at once, however the measurements of a host depend on each other. It is the union
/// bound that "stitched" confidence sequences rest on (Howard, Ramdas, McAuliffe and Sekhon, Time-uniform,
/// nonparametric, nonasymptotic confidence sequences, Annals of Statistics 49, 2021).
struct LookSchedule: Hashable {
    /// One look.
    struct Look: Hashable {
        /// After so many rounds of measurements.
        var round: Int
        var alpha: Double
    }

    /// Earlier looks, beside the last. They are for large differences, which show at once.
    static let maximumEarlyLooks = 4
    /// Fewer rounds than this are not looked at but at the end.
    static let minimumEarlyRounds = 3

    /// In order; the last is after the last round.
    let looks: [Look]

    /// A lone canary host may be the odd one of the fleet, and nothing averages that out: metrics with long tails, as
    /// latencies have, then exceed Student's bounds up to one and a half times as often as normal ones. Half of α makes
    /// up for it.
    init(_ rules: ComparisonRules, canaryHosts: Int) {
        self.init(rounds: rules.rounds, alpha: canaryHosts == 1 ? rules.alpha / 2 : rules.alpha)
    }

    init(rounds: Int, alpha: Double) {
        precondition(rounds >= 1 && alpha > 0 && alpha < 0.5, "the rules have been checked")
        var early: [Int] = []
        var round = rounds
        while round >= 2 * Self.minimumEarlyRounds, early.count < Self.maximumEarlyLooks {
            round = round / 2 + round % 2
            early.append(round)
        }
        // Half of α is kept for the last look, which knows most; what it can find is what is promised beforehand.
        let lastAlpha = early.isEmpty ? alpha : alpha / 2
        looks =
            early.reversed().map { Look(round: $0, alpha: alpha / 2 / Double(early.count)) }
            + [Look(round: rounds, alpha: lastAlpha)]
    }
}
