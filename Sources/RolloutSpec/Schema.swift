import FleetModel

extension RolloutSpec {
    /// How a database's schema changes around the rollout: first so that old and new code can live with it, at last so
    /// that only the new one can. Both scripts travel to the host and run there once.
    public struct Schema: Sendable, Hashable, Codable {
        /// The host on which the scripts run: a ``HostName``.
        public var host: LocatedText
        /// Before the first host changes.
        public var expand: LocatedText?
        /// After the last host has changed; never on the way back.
        public var contract: LocatedText?
    }
}

extension RolloutSpec.Schema {
    enum Key: String, SectionKey {
        case host, expand, contract

        static let place = "under 'schema:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        expand = section[.expand]?.line("the path of a script")
        contract = section[.contract]?.line("the path of a script")
        if section[.expand] == nil, section[.contract] == nil {
            field.reject(
                "'schema' does nothing", hint: "add 'expand: db/expand.sh', 'contract: db/contract.sh' or both")
        }
        guard let host = section.required(.host)?.hostName() else { return nil }
        self.host = host
    }
}

extension Field {
    fileprivate func hostName() -> LocatedText? {
        let form = "the name of one host of the inventory, such as db1"
        guard let text = line(form) else { return nil }
        let isPattern = text.text.contains { "*?:,!&[]~".contains($0) } || text.text == "all"
        guard HostName(text.text) != nil, !isPattern else {
            mismatch(form)
            return nil
        }
        return text
    }
}
