import FleetModel

extension RolloutSpec.Strategy {
    /// The release (B) beside the one that runs (A), each with a part of the traffic, until a person decides.
    public struct ABTest: Sendable, Hashable, Codable {
        /// How many hosts run B; neither none nor all.
        public var hosts = Share.percent(50)
        /// Percent of the traffic to B, 0…99, beside what `match` sends there; nil: B's share of the hosts.
        public var weight: Int?
        /// The requests that B gets, all of them.
        public var match: TrafficRoute.Match?
        /// Both sides, while the test is held.
        public var analyses: [LocatedText] = []
        /// How the hosts that are left get the release once it is promoted.
        public var rest = Rolling()
    }
}

extension RolloutSpec.Strategy.ABTest {
    enum OwnKey: String, SectionKey {
        case hosts, weight, match, analyses

        static let place = "under 'strategy: a_b:'"
    }

    typealias Key = KeyPair<OwnKey, RolloutSpec.Strategy.Rolling.Key>

    enum MatchKey: String, SectionKey {
        case header, cookie, value

        static let place = "under 'match:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        self.init()
        guard !field.isNull else { return }
        guard let section = Section<Key>(field) else { return nil }
        if let share = section[.own(.hosts)]?.partOfHosts() { hosts = share }
        match = section[.own(.match)]?.match()
        // Whoever tells B's requests by a header wants those to go there, and no others.
        weight = section[.own(.weight)]?.percentage(in: 0...99) ?? (match == nil ? nil : 0)
        analyses = section[.own(.analyses)]?.analysisReferences() ?? []
        rest = RolloutSpec.Strategy.Rolling(section)
        if weight == 0, section[.own(.match)] == nil, let field = section[.own(.weight)] {
            field.reject("with a 'weight' of 0 and no 'match' no request goes to B", hint: "give one of them")
        }
    }
}

extension Field {
    fileprivate func partOfHosts() -> Share? {
        guard let share = share() else { return nil }
        guard !share.isZero, share != .percent(100) else {
            reject("\(share) of the hosts for B leaves nothing to compare", hint: "give each side at least 1 host")
            return nil
        }
        return share
    }

    fileprivate func match() -> TrafficRoute.Match? {
        typealias Key = RolloutSpec.Strategy.ABTest.MatchKey
        guard let section = Section<Key>(self) else { return nil }
        let kind = section.one(of: [.header, .cookie], "a match")
        let value = section.required(.value)?.matchedValue()
        guard let kind, let name = section[kind]?.token(), let value else { return nil }
        return kind == .header ? .header(name, value: value) : .cookie(name, value: value)
    }

    /// RFC 9110 §5.6.2, without the marks that mean something in a balancer's configuration.
    private func token() -> String? {
        let form = "a name of letters, digits, '-' and '_'"
        guard let text = line(form)?.text else { return nil }
        guard text.utf8.count <= 128, isPlain(text, also: "-_") else {
            mismatch(form)
            return nil
        }
        return text
    }

    /// No mark of it needs quotes in a header, a cookie, a map of HAProxy's or a configuration of nginx's.
    private func matchedValue() -> String? {
        let form = "a text of letters, digits and '.', '_', '-', '~', '/', ':', '@', at most 128 long"
        guard let text = line(form)?.text else { return nil }
        guard text.utf8.count <= 128, isPlain(text, also: "._-~/:@") else {
            mismatch(form)
            return nil
        }
        return text
    }
}
