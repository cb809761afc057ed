import Foundation

/// Random numbers that a seed brings back: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) and what is made from it.
struct SampleGenerator: RandomNumberGenerator {
    private var state: UInt64
    private var spare: Double?

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In (0, 1).
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }

    /// Standard normal, by Box and Muller; they come in pairs.
    mutating func normal() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * log(uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    /// Student's t with three degrees of freedom: its variance is three, its tails are heavy.
    mutating func heavyTailed() -> Double {
        let squares = (0..<3).reduce(0.0) { sum, _ in
            let z = normal()
            return sum + z * z
        }
        return normal() / (squares / 3).squareRoot()
    }

    /// For means below ten, by Knuth's product of uniforms.
    mutating func poisson(_ mean: Double) -> Int {
        let limit = exp(-mean)
        var product = uniform()
        var count = 0
        while product > limit, count < 1000 {
            product *= uniform()
            count += 1
        }
        return count
    }
}
