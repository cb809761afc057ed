import FleetModel
import Yams

extension RolloutSpec.Strategy {
    /// The settings of a rolling update; and of what is left to do after a canary or an a/b test.
    public struct Rolling: Sendable, Hashable, Codable {
        /// The sizes of the batches; the last repeats. Never empty, never zero.
        public var stages: [Share] = [.count(1), .percent(25)]
        /// Hosts of a batch that may be started and not yet healthy; nil: the whole batch.
        public var maximumParallel: Int?
        /// Of all selected hosts, those that may be out of service at any time; never zero. Nil: 25 %, at least 1.
        public var maximumUnavailable: Share?
        /// Of all selected hosts, those that must stay healthy; nil: only `maximumUnavailable` counts.
        public var minimumHealthy: Share?
        /// What fails together: hosts are taken out of service in few of these domains at a time.
        public var failureDomains: [RolloutSpec.FailureDomain] = []
        /// Sets of hosts of which few may be out of service.
        public var quorums: [RolloutSpec.Quorum] = []
        /// Who goes first.
        public var order = RolloutSpec.HostOrder.unhealthyFirst
        /// Between the end of a batch and the beginning of the next.
        public var pauseBetween = Duration.zero
        /// A host pattern: spares that take traffic meanwhile, so that as many more hosts may be out of service.
        public var surge: LocatedText?
    }
}

extension RolloutSpec.Strategy.Rolling {
    enum Key: String, SectionKey {
        case stages
        case maximumParallel = "max_parallel"
        case maximumUnavailable = "max_unavailable"
        case minimumHealthy = "min_healthy"
        case spreadBy = "spread_by"
        case quorum, order
        case pauseBetween = "pause_between"
        case surge

        static let place = "under 'strategy: rolling:'"
    }

    init(_ field: Field) {
        let section = field.isNull ? nil : Section<Key>(field)
        self.init { section?[$0] }
    }

    /// The settings that another strategy has beside its own.
    init<Own>(_ section: Section<KeyPair<Own, Key>>) { self.init { section[.shared($0)] } }

    private init(_ setting: (Key) -> Field?) {
        if let stages = setting(.stages)?.stages() { self.stages = stages }
        maximumParallel = setting(.maximumParallel)?.integer(in: 1...1_000_000)
        maximumUnavailable = setting(.maximumUnavailable)?.maximumUnavailable()
        minimumHealthy = setting(.minimumHealthy)?.minimumHealthy()
        failureDomains = setting(.spreadBy)?.distinct(RolloutSpec.FailureDomain.init, by: \.label) ?? []
        quorums = setting(.quorum)?.distinct(RolloutSpec.Quorum.init, by: \.label) ?? []
        order = setting(.order).flatMap(RolloutSpec.HostOrder.init) ?? .unhealthyFirst
        pauseBetween = setting(.pauseBetween)?.duration(atLeast: .zero) ?? .zero
        surge = setting(.surge)?.line("a host pattern such as spares")
    }
}

extension Field {
    fileprivate func stages() -> [Share]? {
        guard let items = items() else { return nil }
        guard !items.isEmpty else {
            reject("'stages' is empty", hint: "give the sizes of the batches, for example [1, 25%]; the last repeats")
            return nil
        }
        return items.compactMap { item in
            let share = item.share()
            if share?.isZero == true {
                item.reject("a stage of no hosts would never end", hint: "a stage is at least 1 host")
            }
            return share
        }
    }

    fileprivate func maximumUnavailable() -> Share? {
        let share = share()
        if share?.isZero == true {
            let hint = "allow at least 1; to keep capacity, add hosts"
            reject("'max_unavailable' of 0 lets no host be taken out of service, so nothing could start", hint: hint)
            return nil
        }
        return share
    }

    fileprivate func minimumHealthy() -> Share? {
        let share = share()
        if share == .percent(100) {
            let hint = "leave room for at least 1 host, for example 75%"
            reject("'min_healthy' of 100% lets no host be taken out of service, so nothing could start", hint: hint)
        }
        return share
    }

    /// One value, or a list of them, each with a label of its own.
    fileprivate func distinct<Value>(_ read: (Field) -> Value?, by label: KeyPath<Value, LocatedText>) -> [Value]? {
        guard let items = node.sequence == nil ? [self] : items() else { return nil }
        let values = items.compactMap(read)
        var labels: Set<String> = []
        for value in values.map({ $0[keyPath: label] }) where !labels.insert(value.text).inserted {
            findings.add("\(quoted(value.text)) is given more than once", at: value.location, hint: "keep one")
        }
        return values
    }
}

extension Share {
    var isZero: Bool { self == .count(0) || self == .percent(0) }
}
