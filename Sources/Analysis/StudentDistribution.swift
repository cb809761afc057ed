import RealModule

/// Student's t distribution: the mean of few normal numbers, measured in their own spread.
struct StudentDistribution: Hashable {
    var degreesOfFreedom: Double

    /// The probability of more than `t`.
    func upperTail(_ t: Double) -> Double {
        let ν = degreesOfFreedom
        let half = 0.5 * regularizedIncompleteBeta(ν / (ν + t * t), ν / 2, 0.5)
        return t >= 0 ? half : 1 - half
    }

    /// The number that is exceeded with this probability, which lies in (0, 0.5].
    func quantile(upperTail probability: Double) -> Double {
        precondition(probability > 0 && probability <= 0.5, "quantiles are asked for one tail")
        // With one degree of freedom the 1e-6 quantile is 3e5; doubling gets anywhere in 60 steps.
        var high = 1.0
        for _ in 0..<60 where upperTail(high) > probability { high *= 2 }
        return bisect(0, high) { upperTail($0) > probability }
    }

    /// The probability that a noncentral t exceeds `critical`: the power of a one-sided t-test.
    ///
    /// Integrates over the spread's own distribution, s = √(χ²/ν), by the midpoint rule.
    func power(critical: Double, noncentrality: Double) -> Double {
        let ν = degreesOfFreedom
        let upperEnd = 1 + 10 / (2 * ν).squareRoot()
        let steps = 1000
        let width = upperEnd / Double(steps)
        let logConstant = Double.log(2) + ν / 2 * Double.log(ν / 2) - Double.logGamma(ν / 2)
        var sum = 0.0
        for step in 0..<steps {
            let s = (Double(step) + 0.5) * width
            let density = Double.exp(logConstant + (ν - 1) * Double.log(s) - ν * s * s / 2)
            sum += density * normalUpperTail(critical * s - noncentrality)
        }
        return min(1, sum * width)
    }
}

/// The probability that a standard normal number is more than `z`.
func normalUpperTail(_ z: Double) -> Double { 0.5 * Double.erfc(z / Double.sqrt(2)) }

/// The point between `low` and `high` where `isBelow` turns false, to the last bits.
func bisect(_ low: Double, _ high: Double, isBelow: (Double) -> Bool) -> Double {
    var low = low
    var high = high
    for _ in 0..<100 {
        let middle = low + (high - low) / 2
        guard middle > low, middle < high else { break }
        if isBelow(middle) { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
}

/// I_x(a, b) by Lentz's evaluation of its continued fraction (NIST DLMF §8.17.22).
func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges quickly only below the mean; above it, the complement does.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - regularizedIncompleteBeta(1 - x, b, a) }
    let logFront =
        Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.log(x) + b * Double.log(1 - x)
    return Double.exp(logFront) * betaFraction(x, a, b) / a
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func nonzero(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
    var fraction = d
    // About √max(a, b) steps are needed; 1000 is enough for a million hosts.
    for m in 1...1000 {
        let m = Double(m)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / nonzero(1 + even * d)
        c = nonzero(1 + even / c)
        fraction *= d * c
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / nonzero(1 + odd * d)
        c = nonzero(1 + odd / c)
        fraction *= d * c
        if (d * c - 1).magnitude < 1e-15 { break }
    }
    return fraction
}
