import FleetModel

/// What one balancer does with one member.
public struct MemberState: Hashable, Sendable {
    /// What the balancer itself makes of the member.
    public enum Condition: Hashable, Sendable {
        case up
        /// By its own checks.
        case down
        /// A person has taken it out; that is not ours to undo.
        case maintenance
    }

    /// 0…``TrafficAllocation/maximumWeight``.
    public var weight: Int
    /// It finishes what it has, and gets nothing new whatever its weight.
    public var isDrained: Bool
    public var condition: Condition

    public init(weight: Int, isDrained: Bool = false, condition: Condition = .up) {
        (self.weight, self.isDrained, self.condition) = (weight, isDrained, condition)
    }

    /// New requests may come to it.
    public var takesTraffic: Bool { weight > 0 && !isDrained && condition == .up }

    /// Why it gets nothing whatever its weight, as a person has it; nil where nobody keeps it out.
    public var closure: String? {
        if condition == .maintenance { return "in maintenance" }
        return isDrained ? "drained" : nil
    }
}

/// What one balancer does with all members, as read from it.
public struct BalancerState: Hashable, Sendable {
    /// By member name.
    public var members: [String: MemberState]
    /// Where it finds them, by member name, as far as it says: what is behind a name is the same for all balancers.
    public var addresses: [String: String]
    /// Its members in order and a header's name in small letters, so that equal routes compare equal.
    public private(set) var route: TrafficRoute?
    /// What a person should know of and nothing fails for.
    public var notices: [String]

    public init(
        members: [String: MemberState], addresses: [String: String] = [:], route: TrafficRoute? = nil,
        notices: [String] = []
    ) {
        (self.members, self.addresses, self.notices) = (members, addresses, notices)
        self.route = Self.normalized(route)
    }

    /// The shares, without who is drained.
    public var allocation: TrafficAllocation { TrafficAllocation(weights: members.mapValues(\.weight), route: route) }

    /// What is wanted of the balancer once the changes are made, in their order.
    public func applying(_ changes: [TrafficChange]) -> BalancerState {
        var wanted = self
        for change in changes {
            switch change {
            case .allocate(let allocation):
                for name in members.keys { wanted.members[name]?.weight = allocation.weights[name] ?? 0 }
                wanted.route = Self.normalized(allocation.route)
            case .weigh(let weights):
                for (name, weight) in weights { wanted.members[name]?.weight = weight }
            case .drain(let names): wanted.setDrained(true, names)
            case .admit(let names): wanted.setDrained(false, names)
            }
        }
        return wanted
    }

    private mutating func setDrained(_ isDrained: Bool, _ names: Set<String>) {
        for name in names where members[name]?.condition != .maintenance { members[name]?.isDrained = isDrained }
    }

    private static func normalized(_ route: TrafficRoute?) -> TrafficRoute? {
        guard let route else { return nil }
        let members = Set(route.members).sorted()
        guard case .header(let name, let value) = route.match else { return TrafficRoute(route.match, to: members) }
        return TrafficRoute(.header(name.lowercased(), value: value), to: members)
    }
}
