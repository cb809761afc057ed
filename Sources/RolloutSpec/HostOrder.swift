import FleetModel

extension RolloutSpec {
    /// Who goes first.
    public enum HostOrder: Sendable, Hashable, Codable {
        /// Hosts that are out of service already, then the others in the inventory's order.
        case unhealthyFirst
        /// As the inventory lists them.
        case inventory
        /// The other way round.
        case reverse
        /// By chance, the same for the same seed.
        case shuffle(seed: Int)
    }
}

extension RolloutSpec.HostOrder {
    enum Key: String, SectionKey {
        case shuffle

        static let place = "under 'order:'"
    }

    private enum Word: String, CaseIterable {
        case unhealthyFirst = "unhealthy_first"
        case inventory, reverse
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        if field.isMapping {
            guard let section = Section<Key>(field) else { return nil }
            guard let seed = section.required(.shuffle)?.integer(in: 0...Int(Int32.max)) else { return nil }
            self = .shuffle(seed: seed)
            return
        }
        if field.text == Key.shuffle.rawValue {
            let hint = "write 'order: {shuffle: 1}'; the same seed gives the same order"
            field.reject("'shuffle' needs a seed", hint: hint)
            return nil
        }
        switch field.word(of: Word.self) {
        case .unhealthyFirst: self = .unhealthyFirst
        case .inventory: self = .inventory
        case .reverse: self = .reverse
        case nil: return nil
        }
    }
}
