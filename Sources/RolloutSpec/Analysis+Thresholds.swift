import FleetModel

extension RolloutSpec.Analysis {
    /// Which measurements are good, which bad, and how many bad ones it takes (Argo Rollouts' logic).
    public struct Thresholds: Sendable, Hashable, Codable {
        /// A measurement for which this holds is good; nil: whatever isn't bad.
        public var success: Threshold?
        /// A measurement for which this holds is bad; nil: whatever isn't good. Neither good nor bad: inconclusive.
        public var failure: Threshold?
        /// How many measurements are made.
        public var count = 5
        /// More bad ones than this fail the analysis.
        public var failureLimit = 0
        /// More inconclusive ones than this make the analysis inconclusive.
        public var inconclusiveLimit = 0
    }

    /// `< 0.01`.
    public struct Threshold: Sendable, Hashable, Codable, CustomStringConvertible {
        /// How a measurement is to stand to the bound.
        public enum Relation: String, Sendable, Hashable, Codable, CaseIterable {
            case atMost = "<="
            case atLeast = ">="
            case below = "<"
            case above = ">"
        }

        public var relation: Relation
        /// Finite.
        public var bound: Double

        public var description: String { "\(relation.rawValue) \(Self.spoken(bound))" }

        /// As people write it: `80`, not `80.0`.
        static func spoken(_ number: Double) -> String {
            let text = "\(number)"
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }

        /// Whether it is so for a measurement.
        public func holds(for measurement: Double) -> Bool {
            switch relation {
            case .below: measurement < bound
            case .atMost: measurement <= bound
            case .above: measurement > bound
            case .atLeast: measurement >= bound
            }
        }
    }
}

extension RolloutSpec.Analysis.Threshold {
    private var pointsUp: Bool { relation == .above || relation == .atLeast }

    /// A number for which both hold, if there is one.
    func common(with other: Self) -> Double? {
        guard pointsUp != other.pointsUp else {
            return pointsUp ? max(bound, other.bound) + 1 : min(bound, other.bound) - 1
        }
        let middle = bound / 2 + other.bound / 2
        return holds(for: middle) && other.holds(for: middle) ? middle : nil
    }

    /// Reads `< 0.01`, `<=5` or `> 1e3`.
    init?(_ text: String) {
        // The longer relations come first.
        guard let relation = Relation.allCases.first(where: { text.hasPrefix($0.rawValue) }) else { return nil }
        let number = text.dropFirst(relation.rawValue.count).drop { $0 == " " }
        // `Double` alone would also read "nan", "inf" and hexadecimal numbers.
        guard number.allSatisfy({ "0123456789.eE+-".contains($0) }), let bound = Double(number), bound.isFinite else {
            return nil
        }
        self.init(relation: relation, bound: bound)
    }
}

extension RolloutSpec.Analysis.Thresholds {
    init(_ section: Section<RolloutSpec.Analysis.Key>) {
        success = section[.success]?.threshold()
        failure = section[.failure]?.threshold()
        if let count = section[.count]?.integer(in: 1...RolloutSpec.Analysis.maximumCount) { self.count = count }
        failureLimit = Self.limit(.failureLimit, in: section, of: count)
        inconclusiveLimit = Self.limit(.inconclusiveLimit, in: section, of: count)
        if let success, let failure, let both = success.common(with: failure) {
            let number = RolloutSpec.Analysis.Threshold.spoken(both)
            let problem = "'success: \(success)' and 'failure: \(failure)' both hold for \(number)"
            section[.failure]?.reject(problem, hint: "a measurement is either; leave out one of them, or part them")
        }
    }

    private static func limit(
        _ key: RolloutSpec.Analysis.Key, in section: Section<RolloutSpec.Analysis.Key>, of count: Int
    ) -> Int {
        guard let field = section[key], let limit = field.integer(in: 0...RolloutSpec.Analysis.maximumCount) else {
            return 0
        }
        if limit >= count {
            let problem = "'\(key.rawValue)' of \(limit) can't be exceeded by \(count) measurements"
            field.reject(problem, hint: "make it smaller than 'count' (\(count))")
        }
        return limit
    }
}

extension Field {
    fileprivate func threshold() -> RolloutSpec.Analysis.Threshold? {
        let form = "a threshold such as \"< 0.01\", with one of <, <=, >, >="
        guard let text = line(form)?.text else { return nil }
        guard let threshold = RolloutSpec.Analysis.Threshold(text) else {
            mismatch(form)
            return nil
        }
        return threshold
    }
}
