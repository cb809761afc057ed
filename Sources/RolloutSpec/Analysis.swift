import FleetModel

extension RolloutSpec {
    /// What is measured, how often, and what the measurements must be.
    public struct Analysis: Sendable, Hashable, Codable {
        /// What makes a verdict of measurements.
        public enum Judgement: Sendable, Hashable, Codable {
            /// Each measurement is held against fixed numbers.
            case thresholds(Thresholds)
            /// Changed hosts are held against untouched ones.
            case comparison(Comparison)
        }

        /// As steps name it.
        public var name: LocatedText
        public var metric: Metric
        public var judgement: Judgement
        /// Between two measurements.
        public var interval: Duration
        /// Before the first.
        public var initialDelay: Duration
        /// More measurements in a row than this that can't be made end the analysis as an error.
        public var consecutiveErrorLimit: Int
    }
}

extension RolloutSpec.Analysis {
    enum Key: String, SectionKey {
        case metric, success, failure, interval, count
        case failureLimit = "failure_limit"
        case inconclusiveLimit = "inconclusive_limit"
        case consecutiveErrorLimit = "consecutive_error_limit"
        case initialDelay = "initial_delay"
        case compare

        static let place = "under 'analyses:'"
    }

    static let maximumCount = 10_000

    /// Nil with a finding.
    init?(name: LocatedText, _ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        self.name = name
        interval = section[.interval]?.duration(atLeast: .seconds(1)) ?? .seconds(10)
        initialDelay = section[.initialDelay]?.duration(atLeast: .zero) ?? .zero
        consecutiveErrorLimit = section[.consecutiveErrorLimit]?.integer(in: 0...Self.maximumCount) ?? 4
        let metric = section.required(.metric).flatMap(Metric.init)
        let judgement = Self.judgement(section)
        guard let metric, let judgement else { return nil }
        (self.metric, self.judgement) = (metric, judgement)
        if case .comparison = judgement, case .script(_, .some(let value)) = metric {
            let hint = "with 'compare' it prints one line a host, 'HOST NUMBER'"
            field.findings.add("'value' does not go with 'compare'", at: value.location, hint: hint)
        }
    }

    private static func judgement(_ section: Section<Key>) -> Judgement? {
        let ofThresholds: [Key] = [.success, .failure, .count, .failureLimit, .inconclusiveLimit]
        if let compare = section[.compare] {
            for key in ofThresholds {
                let hint = "thresholds judge single measurements, 'compare' judges changed hosts by untouched ones"
                section[key]?.reject("'\(key.rawValue)' does not go with 'compare'", hint: hint)
            }
            return Comparison(compare).map(Judgement.comparison)
        }
        guard section[.success] != nil || section[.failure] != nil else {
            let hint = "add 'success: \"< 0.01\"', 'failure: \"> 0.05\"' or both; or 'compare: {}'"
            section.field.reject("\(section.field.name) says of no measurement whether it is good", hint: hint)
            return nil
        }
        return .thresholds(Thresholds(section))
    }

    /// The section `analyses:`; broken ones are findings, and left out.
    static func all(_ field: Field) -> [Self] {
        let pairs = field.pairs("a mapping of names to analyses") ?? []
        return pairs.compactMap { key, value in
            let keyField = Field(name: "a key of 'analyses'", node: key, findings: field.findings)
            guard let name = keyField.analysisReference() else { return nil }
            return Self(name: name, Field(name: quoted(name.text), node: value, findings: field.findings))
        }
    }
}

extension Field {
    /// A name as it stands under `analyses:`.
    func analysisReference() -> LocatedText? {
        let form = "the name of an analysis, of letters, digits and '-', '_', '.', at most 63 long"
        guard let text = line(form) else { return nil }
        guard text.text.utf8.count <= 63, isPlain(text.text, also: "-_.") else {
            mismatch(form)
            return nil
        }
        return text
    }

    func analysisReferences() -> [LocatedText]? { items()?.compactMap { $0.analysisReference() } }
}
