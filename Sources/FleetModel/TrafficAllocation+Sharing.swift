/// Weights for a part of the traffic.
extension TrafficAllocation {
    /// That percent of the traffic to `canary`, the rest to the others, each side among its members as `weights` has it
    /// (who has 0 there counts as 1 on the canary's side, and stays at 0 on the other).
    ///
    /// Weights are whole numbers up to ``maximumWeight``, so the share is the closest there is: with equal weights at
    /// most 0.1 percentage points off, as long as no side's member needs more than 256 times the traffic of one of the
    /// other's. ``share(of:)`` tells what came of it.
    public static func sharing(_ percent: Int, to canary: Set<String>, among weights: [String: Int]) -> Self {
        let part = Double(max(0, min(percent, 100))) / 100
        let first = weights.filter { canary.contains($0.key) }.mapValues { max(1, $0) }
        let second = weights.filter { !canary.contains($0.key) }.mapValues { max(0, $0) }
        let (firstSum, secondSum) = (sum(first), sum(second))
        guard part > 0, firstSum > 0 else { return Self(first.mapValues { _ in 0 }, second) }
        guard part < 1, secondSum > 0 else { return Self(first, second.mapValues { _ in 0 }) }

        // What one unit of weight on the first side is worth, in units of the second, for the share to be exact.
        let ratio = part * secondSum / ((1 - part) * firstSum)
        let largest = max(largest(first) * ratio, largest(second))
        // Fleets have thousands of members and few weights: only the best try is written out for all of them.
        let (firstKinds, secondKinds) = (kinds(first), kinds(second))
        var best = (error: Double.infinity, unit: Double(maximumWeight) / largest)
        // Finer weights keep the proportions within a side better, so of equals the finest is taken.
        for maximum in (1...maximumWeight).reversed() {
            let unit = Double(maximum) / largest
            let firstPart = sum(firstKinds, scaledBy: ratio * unit)
            let error = abs(firstPart / (firstPart + sum(secondKinds, scaledBy: unit)) - part)
            if error < best.error { best = (error, unit) }
        }
        return Self(scaled(first, by: ratio * best.unit), scaled(second, by: best.unit))
    }

    /// As ``sharing(_:to:among:)``, each side's members alike.
    public static func sharing(_ percent: Int, to canary: Set<String>, among members: [String]) -> Self {
        let weights = members.map { ($0, maximumWeight) }
        return sharing(percent, to: canary, among: Dictionary(weights, uniquingKeysWith: { first, _ in first }))
    }

    /// The part of the traffic, 0…1, that these members get; 0 where nobody gets any.
    public func share(of members: Set<String>) -> Double {
        let whole = Self.sum(weights)
        return whole > 0 ? Self.sum(weights.filter { members.contains($0.key) }) / whole : 0
    }

    private init(_ first: [String: Int], _ second: [String: Int]) {
        self.init(weights: first.merging(second) { one, _ in one }.mapValues { min($0, Self.maximumWeight) })
    }

    private static func scaled(_ weights: [String: Int], by factor: Double) -> [String: Int] {
        weights.mapValues { scaled($0, by: factor) }
    }

    /// Who gets traffic goes on getting some.
    private static func scaled(_ weight: Int, by factor: Double) -> Int {
        weight == 0 ? 0 : Int(max(1, min((Double(weight) * factor).rounded(), Double(maximumWeight))))
    }

    /// How many members there are of each weight.
    private static func kinds(_ weights: [String: Int]) -> [Int: Int] {
        weights.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static func sum(_ kinds: [Int: Int], scaledBy factor: Double) -> Double {
        kinds.reduce(0) { $0 + Double(scaled($1.key, by: factor)) * Double($1.value) }
    }

    private static func sum(_ weights: [String: Int]) -> Double { weights.values.reduce(0) { $0 + Double($1) } }

    private static func largest(_ weights: [String: Int]) -> Double { Double(weights.values.max() ?? 0) }
}
