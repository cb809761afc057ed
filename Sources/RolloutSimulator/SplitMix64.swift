/// Sebastiano Vigna's SplitMix64: small, quick, and the same on every machine, so that a seed names one run for ever.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in that many of 100 draws.
    public mutating func chance(_ percent: Int) -> Bool { number(in: 1...100) <= percent }

    /// The bias of the remainder is below 2⁻³² for our ranges, and it is quick in debug builds.
    public mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// One of `choices`, which must not be empty.
    public mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[number(in: 0...choices.count - 1)] }

    /// A generator whose numbers depend on no later draw from this one.
    mutating func split() -> SplitMix64 { SplitMix64(seed: next()) }
}
