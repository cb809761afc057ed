import RealModule

/// ln n!
func logFactorial(_ n: Int) -> Double { Double.logGamma(Double(n) + 1) }

/// ln of the ways to choose `k` out of `n`; minus infinity where there is none.
func logCombinations(_ n: Int, choose k: Int) -> Double {
    guard k >= 0, k <= n else { return -.infinity }
    return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/// The ways to choose `k` out of `n`, perhaps infinitely many as far as a Double goes. They are a whole number, which a
/// logarithm misses by a little.
func combinations(_ n: Int, choose k: Int) -> Double { Double.exp(logCombinations(n, choose: k)).rounded() }
