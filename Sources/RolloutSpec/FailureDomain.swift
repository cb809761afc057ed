import FleetModel

extension RolloutSpec {
    /// Hosts that fail together, told by the value of one of their variables in the inventory: a rack, a power line.
    public struct FailureDomain: Sendable, Hashable, Codable {
        /// The variable's name.
        public var label: LocatedText
        /// So many of its values may have hosts out of service at a time.
        public var maximumDomains: Int
    }

    /// Hosts of which a majority must stay, told by the value of one of their variables: the members of a cluster.
    public struct Quorum: Sendable, Hashable, Codable {
        /// The variable's name.
        public var label: LocatedText
        /// So many hosts with the same value may be out of service at a time.
        public var maximumUnavailable: Int
    }
}

extension RolloutSpec.FailureDomain {
    enum Key: String, SectionKey {
        case label
        case maximumDomains = "max_domains"

        static let place = "under 'spread_by:'"
    }

    /// A label, or a mapping. Nil with a finding.
    init?(_ field: Field) {
        guard field.isMapping else {
            guard let label = field.variable() else { return nil }
            self.init(label: label, maximumDomains: 1)
            return
        }
        guard let section = Section<Key>(field) else { return nil }
        let maximumDomains = section[.maximumDomains]?.integer(in: 1...1000) ?? 1
        guard let label = section.required(.label)?.variable() else { return nil }
        self.init(label: label, maximumDomains: maximumDomains)
    }
}

extension RolloutSpec.Quorum {
    enum Key: String, SectionKey {
        case label
        case maximumUnavailable = "max_unavailable"

        static let place = "under 'quorum:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        let maximumUnavailable = section[.maximumUnavailable]?.integer(in: 1...1000) ?? 1
        guard let label = section.required(.label)?.variable() else { return nil }
        self.init(label: label, maximumUnavailable: maximumUnavailable)
    }
}

extension Field {
    /// Ansible's variable names: letters, digits and underscores, not a digit first.
    fileprivate func variable() -> LocatedText? {
        let form = "the name of an inventory variable such as rack"
        guard let name = line(form) else { return nil }
        guard isPlain(name.text, also: "_"), name.text.first?.isNumber == false, name.text.utf8.count <= 128 else {
            mismatch(form)
            return nil
        }
        return name
    }
}
