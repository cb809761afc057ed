extension RolloutSpec {
    /// What becomes of a host that can't be reached before anything begins.
    public enum Offline: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing begins.
        case fail
        /// It is left out, and counts as out of service.
        case skip
    }
}

extension RolloutSpec.Offline {
    /// Nil with a finding.
    init?(_ field: Field) {
        if field.text == "owe" {
            field.reject("'offline: owe' is not supported by this version yet", hint: "write fail or skip")
            return nil
        }
        guard let offline = field.word(of: Self.self) else { return nil }
        self = offline
    }
}
