import FleetModel

extension RolloutSpec.Strategy {
    /// The idle one of two sides gets the release, is verified, and then gets all of the traffic at once.
    public struct BlueGreen: Sendable, Hashable, Codable {
        /// What the two sides are.
        public enum Sides: Sendable, Hashable, Codable {
            /// Host patterns of two groups.
            case groups(blue: LocatedText, green: LocatedText)
            /// Two instances on each host.
            case instances(RolloutSpec.Instances)
        }

        public var sides: Sides
        /// Of the idle side, before the switch.
        public var analyses: [LocatedText]
        /// The balancers' preview address leads to the idle side while it is verified.
        public var hasPreview: Bool
        /// Switches once the idle side is verified; false: waits for a person to promote.
        public var automaticallyPromotes: Bool
        /// After the switch, while the old side is kept.
        public var analysesAfterSwitch: [LocatedText]
        /// How long the old side keeps running after the switch; nil: it is never stopped.
        public var scaleDownDelay: Duration?
    }
}

extension RolloutSpec.Strategy.BlueGreen {
    enum Key: String, SectionKey {
        case groups, instances, analyses, preview
        case autoPromote = "auto_promote"
        case afterSwitch = "after_switch"
        case scaleDownDelay = "scale_down_delay"

        static let place = "under 'strategy: blue_green:'"
    }

    enum GroupKey: String, SectionKey {
        case blue, green

        static let place = "under 'groups:'"
    }

    enum InstanceKey: String, SectionKey {
        case blue, green

        static let place = "under 'instances:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        analyses = section[.analyses]?.analysisReferences() ?? []
        hasPreview = section[.preview]?.flag() ?? false
        automaticallyPromotes = section[.autoPromote]?.flag() ?? true
        analysesAfterSwitch = section[.afterSwitch]?.analysisReferences() ?? []
        scaleDownDelay = .seconds(30)
        if let delay = section[.scaleDownDelay] {
            scaleDownDelay = delay.text == "never" ? nil : delay.duration(atLeast: .zero)
            if scaleDownDelay == .zero, let after = section[.afterSwitch] {
                let hint = "set 'scale_down_delay' to as long as the old side should be there to switch back to"
                after.reject("'after_switch' analyses while the old side is kept, and it is kept for 0s", hint: hint)
            }
        }
        guard let sides = Self.sides(section) else { return nil }
        self.sides = sides
    }

    private static func sides(_ section: Section<Key>) -> Sides? {
        switch (section[.groups], section[.instances]) {
        case (.some(let groups), nil): return Self.groups(groups)
        case (nil, .some(let instances)): return Self.instances(instances)
        case (.some, .some(let instances)):
            let hint = "keep 'groups' for two sets of hosts, 'instances' for two instances on each host"
            instances.reject("'groups' and 'instances' exclude each other", hint: hint)
        case (nil, nil):
            let hint = "add 'groups: {blue: GROUP, green: GROUP}' or 'instances: {blue: PORT, green: PORT}'"
            section.field.reject("'blue_green' has no sides", hint: hint)
        }
        return nil
    }

    private static func groups(_ field: Field) -> Sides? {
        guard let section = Section<GroupKey>(field) else { return nil }
        let blue = section.required(.blue)?.line("a host pattern such as web_blue")
        let green = section.required(.green)?.line("a host pattern such as web_green")
        guard let blue, let green else { return nil }
        if blue == green { section[.green]?.reject("'blue' and 'green' are the same hosts", hint: "name two groups") }
        return .groups(blue: blue, green: green)
    }

    private static func instances(_ field: Field) -> Sides? {
        guard let section = Section<InstanceKey>(field) else { return nil }
        let blue = section.required(.blue)?.port()
        let green = section.required(.green)?.port()
        guard let blue, let green else { return nil }
        if blue == green {
            section[.green]?.reject("'blue' and 'green' have the same port", hint: "both run at the same time")
        }
        return .instances(RolloutSpec.Instances(bluePort: blue, greenPort: green))
    }
}
