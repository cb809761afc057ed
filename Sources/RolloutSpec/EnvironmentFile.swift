import FleetModel
import Yams

extension RolloutSpec {
    /// The service's environment as a file, for systemd's `EnvironmentFile=`.
    public struct EnvironmentFile: Sendable, Hashable, Codable {
        /// One variable; its value is a Mustache template.
        public struct Variable: Sendable, Hashable, Codable {
            public var name: String
            public var value: LocatedText
        }

        /// In the order of the spec.
        public var variables: [Variable]
        public var placement: Placement
    }
}

extension RolloutSpec.EnvironmentFile {
    enum Key: String, SectionKey {
        case values, to, mode, owner, group, replace

        static let place = "under 'environment:'"
    }

    /// Where it goes unless `to` says otherwise.
    static let defaultPath = "config/environment"

    /// The variables themselves, or a mapping with `values` that also says where the file goes. Nil with a finding.
    init?(_ field: Field) {
        guard Self.isLongForm(field) else {
            guard let placement = RolloutSpec.Placement(.init(), defaultPath: Self.defaultPath) else { return nil }
            self.init(variables: Self.variables(field), placement: placement)
            return
        }
        guard let section = Section<Key>(field) else { return nil }
        let fields = RolloutSpec.Placement.Fields(
            to: section[.to], mode: section[.mode], owner: section[.owner], group: section[.group],
            replace: section[.replace])
        let placement = RolloutSpec.Placement(fields, defaultPath: Self.defaultPath)
        guard let values = section.required(.values), let placement else { return nil }
        self.init(variables: Self.variables(values), placement: placement)
    }

    /// No variable has a mapping for its value.
    private static func isLongForm(_ field: Field) -> Bool {
        field.node.mapping?.contains { $0.key.string == Key.values.rawValue && $0.value.mapping != nil } ?? false
    }

    private static func variables(_ field: Field) -> [Variable] {
        let pairs = field.pairs("a mapping of variables to their values") ?? []
        return pairs.compactMap { key, value in
            let keyField = Field(name: "a key of \(field.name)", node: key, findings: field.findings)
            guard let name = keyField.variableName()?.text else { return nil }
            let valueField = Field(name: "'\(name)'", node: value, findings: field.findings)
            guard let text = valueField.text, !valueField.isNull else {
                valueField.mismatch("a text", hint: "an empty value is written \"\"")
                return nil
            }
            return Variable(name: name, value: LocatedText(text, at: valueField.location))
        }
    }
}
