import FleetModel

extension RolloutSpec.Strategy {
    /// A few hosts first, by steps; then the rest as a rolling update.
    public struct Canary: Sendable, Hashable, Codable {
        /// One thing after the other; at least one brings the release to hosts.
        public enum Step: Sendable, Hashable, Codable {
            /// So many hosts run the release from here on.
            case setCanary(Share)
            /// Percent of the traffic to them, 0…100; without balancers, percent of the hosts.
            case setWeight(Int)
            /// For so long, or until a person promotes; nil: until a person promotes.
            case pause(Duration?)
            /// Measures by the analysis of this name.
            case analysis(LocatedText)
        }

        public var steps: [Step]
        /// Goes on with the rest after the last step; false: waits for a person to promote.
        public var automaticallyPromotes: Bool
        /// How the hosts that are left get the release.
        public var rest: Rolling
    }
}

extension RolloutSpec.Strategy.Canary {
    enum OwnKey: String, SectionKey {
        case steps
        case autoPromote = "auto_promote"

        static let place = "under 'strategy: canary:'"
    }

    typealias Key = KeyPair<OwnKey, RolloutSpec.Strategy.Rolling.Key>

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        rest = RolloutSpec.Strategy.Rolling(section)
        automaticallyPromotes = section[.own(.autoPromote)]?.flag() ?? true
        guard let list = section.required(.own(.steps)), let items = list.items() else { return nil }
        let steps = items.map(Step.init)
        self.steps = steps.compactMap(\.self)
        guard steps.count == self.steps.count else { return }
        Self.checkGrowth(zip(items, self.steps))
        if !self.steps.contains(where: \.bringsRelease) {
            let hint = "begin with a step such as 'set_canary: 1'; without canary the strategy is 'rolling'"
            list.reject("no step brings the release to a host", hint: hint)
        }
    }

    /// A canary only grows: a host that runs the release keeps it.
    private static func checkGrowth(_ steps: some Sequence<(Field, Step)>) {
        var last: Share?
        for (item, step) in steps {
            guard case .setCanary(let share) = step else { continue }
            if let last, let isSmaller = share.isSmaller(than: last), isSmaller {
                item.reject(
                    "a canary of \(share) after one of \(last): it can't shrink", hint: "'abort' takes all back")
            }
            last = share
        }
    }
}

extension RolloutSpec.Strategy.Canary.Step {
    enum Key: String, SectionKey {
        case setCanary = "set_canary"
        case setWeight = "set_weight"
        case pause, analysis

        static let place = "under 'strategy: canary: steps:'"
    }

    enum PauseKey: String, SectionKey {
        case duration

        static let place = "under 'pause:'"
    }

    /// Nil with a finding.
    init?(_ item: Field) {
        if let text = item.text {
            let hint = text == Key.pause.rawValue ? "write '- pause: {}'" : "write '- set_canary: 1' and the like"
            item.reject("a step is a mapping; got \(quoted(text))", hint: hint)
            return nil
        }
        guard let section = Section<Key>(item) else { return nil }
        guard let key = section.one(of: Key.allCases, "a step"), let field = section[key] else { return nil }
        let step: Self?
        switch key {
        case .setCanary: step = field.canarySize().map(Self.setCanary)
        case .setWeight: step = field.percentage(in: 0...100).map(Self.setWeight)
        case .pause: step = field.pause()
        case .analysis: step = field.analysisReference().map(Self.analysis)
        }
        guard let step else { return nil }
        self = step
    }

    var analysis: LocatedText? {
        guard case .analysis(let name) = self else { return nil }
        return name
    }

    /// Without balancers a weight does, too.
    var bringsRelease: Bool {
        switch self {
        case .setCanary: true
        case .setWeight(let percent): percent > 0
        case .pause, .analysis: false
        }
    }
}

extension Field {
    fileprivate func canarySize() -> Share? {
        guard let share = share() else { return nil }
        guard !share.isZero else {
            reject("a canary of no hosts shows nothing", hint: "it is at least 1 host; 'abort' takes a release back")
            return nil
        }
        return share
    }

    /// `pause: {duration: 5m}`, or nothing: until a person promotes.
    fileprivate func pause() -> RolloutSpec.Strategy.Canary.Step? {
        guard !isNull else { return .pause(nil) }
        if let text {
            mismatch("a mapping", hint: "write 'pause: {duration: \(Duration(spoken: text) == nil ? "5m" : text)}'")
            return nil
        }
        guard let section = Section<RolloutSpec.Strategy.Canary.Step.PauseKey>(self) else { return nil }
        guard let field = section[.duration] else { return isEmptyMapping ? .pause(nil) : nil }
        return field.duration().map { .pause($0) }
    }
}

extension Share {
    /// Nil where that depends on how many hosts there are.
    fileprivate func isSmaller(than other: Share) -> Bool? {
        switch (self, other) {
        case (.count(let left), .count(let right)), (.percent(let left), .percent(let right)): left < right
        default: nil
        }
    }
}
