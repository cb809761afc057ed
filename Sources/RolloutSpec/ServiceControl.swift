import FleetModel

extension RolloutSpec {
    /// How a service is started and stopped.
    public enum ServiceControl: Sendable, Hashable, Codable {
        /// A full unit name such as `shop.service`, or the template `shop@.service` where each host runs two instances;
        /// user units belong to the login user's own systemd.
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

    /// What runs a service of which the spec does not say it.
    static func `default`(for service: ServiceName, strategy: RolloutSpec.Strategy) -> Self {
        .systemd(unit: strategy.instances == nil ? "\(service).service" : "\(service)@.service", isUserUnit: false)
    }

    /// Nil where neither `systemd` nor `commands` is given, or with a finding. A strategy of nil could not be read.
    init?(_ section: Section<RolloutSpec.Key>, strategy: RolloutSpec.Strategy?) {
        switch (section[.systemd], section[.commands]) {
        case (.some, .some(let commands)):
            commands.reject("'systemd' and 'commands' exclude each other", hint: "keep the one that runs the service")
            return nil
        case (.some(let systemd), nil): self.init(systemd: systemd, strategy: strategy)
        case (nil, .some(let commands)):
            if strategy?.instances != nil {
                let hint = "write 'systemd: shop@.service', or use 'groups' instead of 'instances'"
                commands.reject("'commands' does not go with 'instances', which need a template unit", hint: hint)
            }
            self.init(commands: commands)
        case (nil, nil): return nil
        }
    }

    private init?(systemd field: Field, strategy: RolloutSpec.Strategy?) {
        var name: Field? = field
        var isUserUnit = false
        if field.isMapping {
            guard let section = Section<SystemdKey>(field) else { return nil }
            name = section.required(.unit)
            isUserUnit = section[.user]?.flag() ?? false
        }
        guard let name, let unit = name.unitName() else { return nil }
        if let strategy { name.checkTemplate(unit, runsInstances: strategy.instances != nil) }
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
        return unit
    }

    /// systemd.unit(5): a template has nothing between its `@` and its type, and only its instances run.
    fileprivate func checkTemplate(_ unit: String, runsInstances: Bool) {
        let isTemplate = unit.contains("@.")
        if isTemplate, !runsInstances {
            let instance = unit.replacing("@.", with: "@1.")
            reject("\(name) names the template \(quoted(unit)), which can't run", hint: "name an instance: \(instance)")
        } else if !isTemplate, runsInstances {
            let stem = unit.prefix { $0 != "@" && $0 != "." }
            let hint = "name a template such as \(stem)@.service"
            reject("\(quoted(unit)) is no template unit, and 'instances' needs one", hint: hint)
        }
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
