import FleetModel

extension RolloutSpec {
    /// In which order and how many at once.
    public enum Strategy: Sendable, Hashable, Codable {
        /// Batch by batch.
        case rolling(Rolling)
        /// All hosts at once, whatever capacity is left meanwhile.
        case recreate

        /// The settings of a rolling update.
        public struct Rolling: Sendable, Hashable, Codable {
            /// The sizes of the batches; the last repeats. Never empty, never zero.
            public var stages: [Share] = [.count(1), .percent(25)]
            /// Hosts of a batch that may be started and not yet healthy; nil: the whole batch.
            public var maximumParallel: Int?
            /// Of all selected hosts, those that may be out of service at any time; never zero. Nil: 25 %, at least 1.
            public var maximumUnavailable: Share?
            /// Of all selected hosts, those that must stay healthy; nil: only `maximumUnavailable` counts.
            public var minimumHealthy: Share?
        }
    }
}

extension RolloutSpec.Strategy {
    enum Key: String, SectionKey {
        case rolling, recreate

        static let place = "under 'strategy:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        if let word = field.text {
            self.init(word, field)
        } else {
            guard let section = Section<Key>(field) else { return nil }
            switch (section[.rolling], section[.recreate]) {
            case (.some(let rolling), nil): self = .rolling(Rolling(rolling))
            case (nil, .some(let recreate)):
                recreate.requireEmptyMapping()
                self = .recreate
            case (.some, .some(let recreate)):
                recreate.reject("'rolling' and 'recreate' exclude each other", hint: "keep one strategy")
                return nil
            case (nil, nil):
                // A strategy of a later version has been reported as such.
                if field.isEmptyMapping {
                    field.reject("'strategy' names no strategy", hint: "write 'rolling' or 'recreate'")
                }
                return nil
            }
        }
    }

    /// `strategy: recreate`.
    private init?(_ word: String, _ field: Field) {
        if SpecVocabulary.postponed.contains(word) {
            field.reject("the strategy '\(word)' is not supported by this version yet")
            return nil
        }
        switch field.word(of: Key.self) {
        case .rolling: self = .rolling(Rolling())
        case .recreate: self = .recreate
        case nil: return nil
        }
    }
}

extension RolloutSpec.Strategy.Rolling {
    enum Key: String, SectionKey {
        case stages
        case maximumParallel = "max_parallel"
        case maximumUnavailable = "max_unavailable"
        case minimumHealthy = "min_healthy"

        static let place = "under 'strategy: rolling:'"
    }

    init(_ field: Field) {
        guard !field.isNull, let section = Section<Key>(field) else { return }
        if let stages = section[.stages]?.stages() { self.stages = stages }
        maximumParallel = section[.maximumParallel]?.integer(in: 1...1_000_000)
        if let share = section[.maximumUnavailable]?.maximumUnavailable() { maximumUnavailable = share }
        minimumHealthy = section[.minimumHealthy]?.minimumHealthy()
    }
}

extension Field {
    fileprivate func requireEmptyMapping() {
        guard !isNull, !isEmptyMapping else { return }
        reject("\(name) takes no settings", hint: "write {} after it")
    }

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
}

extension Share {
    fileprivate var isZero: Bool { self == .count(0) || self == .percent(0) }
}
