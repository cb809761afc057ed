extension RolloutSpec {
    /// A day of the week, as maintenance windows write it.
    public enum Weekday: Int, Sendable, Hashable, Codable, CaseIterable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday

        /// `Mon`.
        var abbreviation: String { Self.abbreviations[rawValue] }

        /// Reads `Mon`, in any case.
        init?(abbreviation: some StringProtocol) {
            let day = Self.abbreviations.firstIndex { $0.lowercased() == abbreviation.lowercased() }
            guard let day else { return nil }
            self.init(rawValue: day)
        }

        static let abbreviations = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

        /// The days from this one to `last`, both included, over the week's end if need be.
        func through(_ last: Self) -> Set<Self> {
            let length = (last.rawValue - rawValue + 7) % 7
            return Set((0...length).compactMap { Self(rawValue: (rawValue + $0) % 7) })
        }

        var dayBefore: Self { Self(rawValue: (rawValue + 6) % 7) ?? self }
    }
}
