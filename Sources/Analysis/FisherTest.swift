import RealModule

/// Fisher's exact test of one fact: whether more of the failed hosts have it than chance would give them.
struct FisherTest: Hashable {
    var failedWith: Int
    var failed: Int
    var othersWith: Int
    var others: Int

    private var with: Int { failedWith + othersWith }

    /// The probability that as many of the failed hosts or more have the fact, were the failed hosts drawn by lot.
    var p: Double { upperTail(from: failedWith) }

    /// The smallest p that any outcome could have had, given how many hosts have the fact and how many failed. It does
    /// not look at which failed, so tests that can never be significant may be left out by it (Tarone, A modified
    /// Bonferroni method for discrete data, Biometrics 46, 1990).
    var smallestPossible: Double { upperTail(from: min(failed, with)) }

    private func upperTail(from first: Int) -> Double {
        let last = min(failed, with)
        // Nothing fewer is possible: certainty, and not the sum's rounding.
        guard first > max(0, with - others) else { return 1 }
        let total = logCombinations(failed + others, choose: with)
        let sum = (first...max(first, last)).reduce(0.0) { sum, count in
            sum
                + Double.exp(
                    logCombinations(failed, choose: count) + logCombinations(others, choose: with - count) - total)
        }
        return min(1, sum)
    }
}
