import FleetModel

/// What is asked of a balancer. Each may be asked again and changes nothing then.
public enum TrafficChange: Hashable, Sendable {
    case allocate(TrafficAllocation)
    /// These weights for these members, whatever the others have.
    case weigh([String: Int])
    /// No new requests to these members; their weights stay.
    case drain(Set<String>)
    /// The end of a drain.
    case admit(Set<String>)

    /// The members it names.
    var members: Set<String> {
        switch self {
        case .allocate(let allocation): Set(allocation.weights.keys).union(allocation.route?.members ?? [])
        case .weigh(let weights): Set(weights.keys)
        case .drain(let names), .admit(let names): names
        }
    }

    /// Who gets requests by this change and gets none in that state: the balancer must find them up first, or the
    /// requests find nobody.
    func newcomers(in state: BalancerState) -> [String] {
        let wanted = state.applying([self])
        let weighted = wanted.members.filter { name, member in
            guard let now = state.members[name] else { return false }
            return member.weight > 0 && !member.isDrained && (now.weight == 0 || now.isDrained)
        }
        let routed = Set(wanted.route?.members ?? []).subtracting(state.route?.members ?? [])
        return routed.union(weighted.keys).sorted()
    }

    /// What of this change a balancer in that state has not made, member by member.
    func missing(in state: BalancerState) -> [String] {
        let wanted = state.applying([self])
        var missing = state.members.keys.sorted().compactMap { name -> String? in
            guard let found = state.members[name], let member = wanted.members[name] else { return nil }
            if found.weight != member.weight { return "\(name) has weight \(found.weight), not \(member.weight)" }
            if found.isDrained != member.isDrained { return "\(name) is \(found.isDrained ? "" : "not ")drained" }
            return nil
        }
        if state.route != wanted.route {
            missing.append("the route is \(state.route.spoken), not \(wanted.route.spoken)")
        }
        return missing
    }
}

extension TrafficRoute? {
    /// `header X-Variant 'b' to h1, h2`, or `none`.
    var spoken: String {
        guard let self else { return "none" }
        let match =
            switch self.match {
            case .header(let name, let value): "header \(name) '\(value)'"
            case .cookie(let name, let value): "cookie \(name) '\(value)'"
            case .preview: "the preview address"
            }
        return "\(match) to \(self.members.joined(separator: ", "))"
    }
}
