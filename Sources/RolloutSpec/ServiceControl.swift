import FleetModel

extension RolloutSpec {
    /// How a service is started and stopped.
    public enum ServiceControl: Sendable, Hashable, Codable {
        /// A full unit name such as `shop.service`; user units belong to the login user's own systemd.
        case systemd(unit: String, isUserUnit: Bool)
        /// For hosts or services without systemd.
        case commands(Commands)

        /// Shell commands that run on the host. `status` exits 0 while the service runs.
        public struct Commands: Sendable, Hashable, Codable {
            public var start: String
            public var stop: String
            public var restart: String
            public var status: String
        }
    }
}

extension RolloutSpec.ServiceControl {
    enum SystemdKey: String, SectionKey {
        case unit, user

        static let place = "under 'systemd:'"
    }

    enum CommandKey: String, SectionKey {
        case start, stop, restart, status

        static let place = "under 'commands:'"
    }

    /// Nil where neither `systemd` nor `commands` is given, or with a finding.
    init?(_ section: Section<RolloutSpec.Key>) {
        switch (section[.systemd], section[.commands]) {
        case (.some, .some(let commands)):
            commands.reject("'systemd' and 'commands' exclude each other", hint: "keep the one that runs the service")
            return nil
        case (.some(let systemd), nil): self.init(systemd: systemd)
        case (nil, .some(let commands)): self.init(commands: commands)
        case (nil, nil): return nil
        }
    }

    private init?(systemd field: Field) {
        var unit: String?
        var isUserUnit = false
        if field.isMapping {
            guard let section = Section<SystemdKey>(field) else { return nil }
            unit = section.required(.unit)?.unitName()
            isUserUnit = section[.user]?.flag() ?? false
        } else {
            unit = field.unitName()
        }
        guard let unit else { return nil }
        self = .systemd(unit: unit, isUserUnit: isUserUnit)
    }

    private init?(commands field: Field) {
        guard let section = Section<CommandKey>(field) else { return nil }
        let start = section.command(.start)
        let stop = section.command(.stop)
        let restart = section.command(.restart)
        let status = section.command(.status)
        guard let start, let stop, let restart, let status else { return nil }
        self = .commands(Commands(start: start, stop: stop, restart: restart, status: status))
    }
}

extension Section<RolloutSpec.ServiceControl.CommandKey> {
    fileprivate func command(_ key: Key) -> String? { required(key)?.scalar("a shell command") }
}

extension Field {
    /// systemd.unit(5): at most 255 of these characters; a name without a unit type is a service.
    fileprivate func unitName() -> String? {
        let form = "the name of a systemd unit such as shop.service"
        guard let text = line(form)?.text else { return nil }
        let hasType = unitTypes.contains { text.hasSuffix("." + $0) }
        let unit = hasType ? text : text + ".service"
        let isSafe = unit.utf8.allSatisfy(isUnitCharacter) && !unit.hasPrefix(".") && !unit.hasPrefix("-")
        guard isSafe, unit.utf8.count <= 255 else {
            mismatch(form)
            return nil
        }
        guard !unit.contains("@.") else {
            let instance = unit.replacing("@.", with: "@1.")
            reject("\(name) names the template \(quoted(unit)), which can't run", hint: "name an instance: \(instance)")
            return nil
        }
        return unit
    }
}

private let unitTypes = ["service", "socket", "target", "timer", "path"]

private func isUnitCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: ":-_.\\@".utf8.contains(byte)
    }
}
