/// In which order hosts have their turn.
public enum HostOrder: Hashable, Sendable, Codable {
    /// Hosts that are sick already first: they cost no capacity, and a new release may heal them.
    case unhealthyFirst
    /// As the inventory lists them.
    case inventory
    /// From the inventory's end.
    case reverse
    /// By lot; the same seed gives the same order on every machine.
    case shuffle(seed: UInt64)

    func callAsFunction(_ hosts: [PlannedHost]) -> [PlannedHost] {
        switch self {
        case .unhealthyFirst: return hosts.filter(\.isSick) + hosts.filter { !$0.isSick }
        case .inventory: return hosts
        case .reverse: return hosts.reversed()
        case .shuffle(let seed):
            var lots = Lots(state: seed)
            return hosts.shuffled(by: &lots)
        }
    }
}

/// Sebastiano Vigna's SplitMix64: the same numbers everywhere, so that a seed names one order for ever.
private struct Lots {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}

extension [PlannedHost] {
    /// Fisher and Yates'; the standard library's may change with its version.
    fileprivate func shuffled(by lots: inout Lots) -> Self {
        var copy = self
        for index in copy.indices.dropFirst().reversed() { copy.swapAt(index, lots.next(below: index + 1)) }
        return copy
    }
}
