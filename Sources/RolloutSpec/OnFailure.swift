import FleetModel

extension RolloutSpec {
    /// What a failed rollout does next.
    public enum OnFailure: Sendable, Hashable, Codable {
        /// Brings every host that the rollout changed back, the last first.
        case rollback
        /// Leaves all as it is and waits for a person.
        case pause
        /// Goes on with the next batch.
        case `continue`
        /// Waits for a person for so long, and then does what was said beforehand.
        case ask(timeout: Duration, then: Response)

        /// What is done when nobody answers.
        public enum Response: String, Sendable, Hashable, Codable, CaseIterable {
            case rollback, pause, `continue`
        }

        /// Whether hosts may be brought back without a person's word.
        var mayRollBack: Bool {
            switch self {
            case .rollback, .ask(_, then: .rollback): true
            case .pause, .continue, .ask: false
            }
        }
    }
}

extension RolloutSpec.OnFailure {
    enum Key: String, SectionKey {
        case ask, then

        static let place = "under 'on_failure:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        if field.isMapping {
            guard let section = Section<Key>(field) else { return nil }
            // One that is reversible is rolled back by default; RolloutSpec refuses that of others.
            let then = section[.then].map { $0.word(of: Response.self) } ?? .rollback
            guard let timeout = section.required(.ask)?.duration(atLeast: .seconds(1)), let then else { return nil }
            self = .ask(timeout: timeout, then: then)
            return
        }
        if field.text == Key.ask.rawValue {
            let hint = "write 'on_failure: {ask: 15m, then: rollback}'"
            field.reject("'ask' needs a time, and what to do when nobody answers", hint: hint)
            return nil
        }
        switch field.word(of: Response.self) {
        case .rollback: self = .rollback
        case .pause: self = .pause
        case .continue: self = .continue
        case nil: return nil
        }
    }
}
