import FleetModel

extension RolloutSpec {
    /// How many hosts may fail; one more, and the rollout has failed. Failed, unreachable and timed out all count.
    public struct FailureBudget: Sendable, Hashable, Codable {
        /// Of the hosts of one batch; nil: no limit of its own.
        public var batch: Share? = .count(0)
        /// Of all selected hosts; nil: no limit of its own.
        public var rollout: Share? = .count(0)
    }
}

extension RolloutSpec.FailureBudget {
    enum Key: String, SectionKey {
        case batch, rollout

        static let place = "under 'max_failures:'"
    }

    /// Nil with a finding. One number is the limit of both scopes.
    init?(_ field: Field) {
        guard field.isMapping else {
            guard let share = field.share() else { return nil }
            self.init(batch: share, rollout: share)
            return
        }
        guard let section = Section<Key>(field) else { return nil }
        if field.isEmptyMapping {
            field.reject("'max_failures' sets no limit", hint: "give 'batch', 'rollout' or both")
        }
        self.init(batch: section[.batch]?.share(), rollout: section[.rollout]?.share())
    }
}
