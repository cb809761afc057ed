import Foundation

/// What hosts measure where nothing is wrong.
public enum HostNoise: String, CaseIterable, Sendable {
    /// All samples independent, all hosts alike.
    case independent = "independent samples"
    /// Every host has a level of its own, and changes by something of its own while the rollout runs.
    case hostEffects = "host effects"
    /// All hosts drift together, and each some way of its own.
    case drift
    /// A sample is nearly the one before.
    case autocorrelated
    /// Host effects and samples by Student's t with three degrees of freedom.
    case heavyTails = "heavy tails"
    /// Lognormal, as latencies are: most hosts quick, some samples many times slower.
    case skewed
    /// Counts that are nearly always zero, as those of logged errors.
    case rareEvents = "rare events"

    /// One host's samples.
    func samples(_ count: Int, changeAt change: Int, _ generator: inout SampleGenerator) -> [Double] {
        switch self {
        case .independent:
            return (0..<count).map { _ in 100 + 10 * generator.normal() }
        case .hostEffects:
            let (level, shift) = (20 * generator.normal(), 5 * generator.normal())
            return (0..<count).map { 100 + level + ($0 >= change ? shift : 0) + 10 * generator.normal() }
        case .drift:
            let slope = 0.5 + 0.2 * generator.normal()
            return (0..<count).map { 100 + slope * Double($0) + 10 * generator.normal() }
        case .autocorrelated:
            return autocorrelated(count, &generator)
        case .heavyTails:
            let shift = 5 * generator.heavyTailed()
            return (0..<count).map { 100 + ($0 >= change ? shift : 0) + 10 * generator.heavyTailed() }
        case .skewed:
            let (level, shift) = (0.3 * generator.normal(), 0.1 * generator.normal())
            return (0..<count).map { 100 * exp(level + ($0 >= change ? shift : 0) + generator.normal()) }
        case .rareEvents:
            return (0..<count).map { _ in Double(generator.poisson(0.02)) }
        }
    }

    /// First-order autoregressive, 0.95 from one sample to the next, begun in its stationary state.
    private func autocorrelated(_ count: Int, _ generator: inout SampleGenerator) -> [Double] {
        let memory = 0.95
        let innovation = (1 - memory * memory).squareRoot()
        var state = generator.normal()
        return (0..<count).map { _ in
            state = memory * state + innovation * generator.normal()
            return 100 + 10 * state
        }
    }
}
