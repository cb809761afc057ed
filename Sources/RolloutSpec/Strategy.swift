import FleetModel

extension RolloutSpec {
    /// In which order and how many at once.
    public enum Strategy: Sendable, Hashable, Codable {
        /// Batch by batch.
        case rolling(Rolling)
        /// All hosts at once, whatever capacity is left meanwhile.
        case recreate
        /// A few hosts first, by steps; then the rest.
        case canary(Canary)
        /// The idle one of two sides gets the release, then all of the traffic at once.
        case blueGreen(BlueGreen)
        /// Two releases side by side until a person decides.
        case abTest(ABTest)
    }
}

extension RolloutSpec.Strategy {
    enum Key: String, SectionKey {
        case rolling, recreate, canary
        case blueGreen = "blue_green"
        case abTest = "a_b"

        static let place = "under 'strategy:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        if field.text != nil, !field.isNull {
            self.init(word: field)
            return
        }
        guard let section = Section<Key>(field) else { return nil }
        let given = section.present
        guard let key = given.first, let settings = section[key] else {
            // An unknown strategy has been reported as such.
            if field.isEmptyMapping {
                field.reject("'strategy' names no strategy", hint: "one of \(Self.words)")
            }
            return nil
        }
        if given.count > 1, let second = section[given[1]] {
            let hint = "keep one strategy"
            second.reject("'\(key.rawValue)' and '\(given[1].rawValue)' exclude each other", hint: hint)
            return nil
        }
        self.init(key, settings)
    }

    private static let words = Key.allCases.map(\.rawValue).joined(separator: ", ")

    private init?(_ key: Key, _ settings: Field) {
        let strategy: Self?
        switch key {
        case .rolling: strategy = .rolling(Rolling(settings))
        case .recreate:
            settings.requireEmptyMapping()
            strategy = .recreate
        case .canary: strategy = Canary(settings).map(Self.canary)
        case .blueGreen: strategy = BlueGreen(settings).map(Self.blueGreen)
        case .abTest: strategy = ABTest(settings).map(Self.abTest)
        }
        guard let strategy else { return nil }
        self = strategy
    }

    /// `strategy: recreate`.
    private init?(word field: Field) {
        switch field.word(of: Key.self) {
        case .rolling: self = .rolling(Rolling())
        case .recreate: self = .recreate
        case .abTest: self = .abTest(ABTest())
        case .canary:
            field.reject("'canary' needs its steps", hint: "write 'canary: {steps: [{set_canary: 1}, {pause: {}}]}'")
            return nil
        case .blueGreen:
            field.reject("'blue_green' needs its sides", hint: "write 'blue_green: {groups: {blue: …, green: …}}'")
            return nil
        case nil: return nil
        }
    }
}

extension RolloutSpec.Strategy {
    /// The analyses that it makes, each as often as it is named.
    public var analyses: [LocatedText] {
        switch self {
        case .rolling, .recreate: []
        case .canary(let canary): canary.steps.compactMap(\.analysis)
        case .blueGreen(let blueGreen): blueGreen.analyses + blueGreen.analysesAfterSwitch
        case .abTest(let test): test.analyses
        }
    }

    /// The two instances of the service that each host runs, if it does.
    public var instances: RolloutSpec.Instances? {
        guard case .blueGreen(let blueGreen) = self, case .instances(let instances) = blueGreen.sides else {
            return nil
        }
        return instances
    }
}

extension Field {
    fileprivate func requireEmptyMapping() {
        guard !isNull, !isEmptyMapping else { return }
        reject("\(name) takes no settings", hint: "write {} after it")
    }
}
