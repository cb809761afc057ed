import FleetModel

extension RolloutSpec {
    /// A secret: where its value comes from, and where it goes. Never the value itself.
    public struct SecretSource: Sendable, Hashable, Codable {
        /// Where the value comes from, on the machine where `coord` runs.
        public enum Origin: Sendable, Hashable, Codable {
            /// A file, relative to the spec.
            case file(LocatedText)
            /// What a shell command prints; it runs in the spec's folder, once.
            case command(LocatedText)
            /// A variable of coord's own environment.
            case environment(LocatedText)
        }

        public var origin: Origin
        /// What templates call it: `{{secret.NAME}}`; nil where no template may use it.
        public var name: String?
        /// The file that it becomes; nil where only templates use it.
        public var placement: Placement?
    }
}

extension RolloutSpec.SecretSource {
    enum Key: String, SectionKey {
        case name, file, command, environment, to, mode, owner, group, replace

        static let place = "under 'secrets:'"
    }

    /// Nil with a finding.
    init?(_ item: Field) {
        guard let section = Section<Key>(item) else { return nil }
        let name = section[.name].map { $0.secretName() }
        let fields = RolloutSpec.Placement.Fields(
            to: section[.to], mode: section[.mode], owner: section[.owner], group: section[.group],
            replace: section[.replace])
        let placement = RolloutSpec.Placement(fields)
        guard section[.to] != nil || section[.name] != nil else {
            item.reject(
                "a secret has 'to', 'name' or both", hint: "'to' makes it a file; 'name' is for {{secret.NAME}}")
            return nil
        }
        if section[.to] == nil,
            let orphan = [section[.mode], section[.owner], section[.group], section[.replace]].compactMap(\.self).first
        {
            orphan.reject("\(orphan.name) goes with 'to'")
        }
        guard let origin = Self.origin(section) else { return nil }
        (self.origin, self.name, self.placement) = (origin, name ?? nil, placement)
    }

    private static func origin(_ section: Section<Key>) -> Origin? {
        let given = section.present.filter { [.file, .command, .environment].contains($0) }
        guard given.count == 1, let key = given.first, let field = section[key] else {
            section.field.reject("a secret has exactly one of 'file', 'command' and 'environment'")
            return nil
        }
        switch key {
        case .file: return field.line("the path of a file").map(Origin.file)
        case .command: return field.line("a shell command").map(Origin.command)
        default: return field.variableName().map(Origin.environment)
        }
    }
}

extension RolloutSpec {
    /// Templates must know which is meant.
    func checkSecretNames(_ findings: Findings, at field: Field?) {
        var seen: Set<String> = []
        for name in secrets.compactMap(\.name) where !seen.insert(name).inserted {
            findings.add("another secret is named \(quoted(name)) already", at: field?.location)
        }
    }
}

extension Field {
    fileprivate func secretName() -> String? {
        let form = "a name of letters, digits and '_', for {{secret.NAME}}"
        guard let name = line(form)?.text else { return nil }
        guard isVariableName(name) else {
            mismatch(form)
            return nil
        }
        return name
    }

    /// POSIX.1-2017 §8.1: letters, digits and underscores, not beginning with a digit.
    func variableName() -> LocatedText? {
        let form = "the name of an environment variable, of letters, digits and '_'"
        guard let name = line(form) else { return nil }
        guard isVariableName(name.text) else {
            mismatch(form)
            return nil
        }
        return name
    }

    private func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "_")
        }
    }
}
