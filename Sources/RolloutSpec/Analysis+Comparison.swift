import FleetModel

extension RolloutSpec.Analysis {
    /// Changed hosts against untouched ones, before and after the change.
    public struct Comparison: Sendable, Hashable, Codable {
        /// How often two equal sets of hosts may be told apart all the same, 0.0001…0.5.
        public var alpha = 0.05
        /// How much worse, as a part of the untouched hosts' value, is still as good; 0…10.
        public var tolerance = 0.1
        /// Which way the numbers are bad.
        public var worse = Worse.higher
        /// After this long without a verdict it is inconclusive.
        public var maximum = Duration.seconds(600)

        /// Which way a metric is bad.
        public enum Worse: String, Sendable, Hashable, Codable, CaseIterable {
            /// Errors, latency, memory.
            case higher
            /// Throughput, cache hits.
            case lower
        }
    }
}

extension RolloutSpec.Analysis.Comparison {
    enum Key: String, SectionKey {
        case baseline, alpha, tolerance, worse, maximum

        static let place = "under 'compare:'"
    }

    /// With what changed hosts are compared.
    private enum Baseline: String, CaseIterable {
        case untouched
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        self.init()
        guard !field.isNull else { return }
        guard let section = Section<Key>(field) else { return nil }
        _ = section[.baseline]?.word(of: Baseline.self)
        if let alpha = section[.alpha]?.alpha() { self.alpha = alpha }
        if let percent = section[.tolerance]?.percentage(in: 0...1000) { tolerance = Double(percent) / 100 }
        if let worse = section[.worse]?.word(of: Worse.self) { self.worse = worse }
        if let maximum = section[.maximum]?.duration(atLeast: .seconds(1)) { self.maximum = maximum }
    }
}

extension Field {
    fileprivate func alpha() -> Double? {
        let form = "a rate of false alarms from 0.0001 to 0.5, such as 0.05"
        guard let text = scalar(form) else { return nil }
        guard text.hasPrefix("0."), text.allSatisfy({ "0123456789.".contains($0) }), let alpha = Double(text),
            (0.0001...0.5).contains(alpha)
        else {
            mismatch(form)
            return nil
        }
        return alpha
    }
}
