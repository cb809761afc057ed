import FleetModel

/// What a balancer's script reads and prints, as JSON:
///
///     {"members": [{"name": "h1", "host": "h1", "address": "10.0.0.1", "port": 8080, "weight": 100,
///                  "drained": false}],
///      "route": {"header": "x-variant", "value": "b", "members": ["h1"]}}
///
/// A script may print what it read; of what it prints, only `name`, `weight`, `drained` and `route` count.
struct ScriptMessage: Codable, Hashable, Sendable {
    struct Member: Codable, Hashable, Sendable {
        var name: String
        var host: String?
        var address: String?
        var port: UInt16?
        var weight: Int
        var drained: Bool?
    }

    /// One of header, cookie or preview is there.
    struct Route: Codable, Hashable, Sendable {
        var header: String?
        var cookie: String?
        var value: String?
        var preview: Bool?
        var members: [String]
    }

    var members: [Member]
    var route: Route?

    init(_ state: BalancerState, members: [TrafficMember]) {
        self.members = members.compactMap { member in
            guard let state = state.members[member.name] else { return nil }
            return Member(
                name: member.name, host: member.host.text, address: member.address, port: member.port,
                weight: state.weight, drained: state.isDrained)
        }
        route = state.route.map { route in
            switch route.match {
            case .header(let name, let value): Route(header: name, value: value, members: route.members)
            case .cookie(let name, let value): Route(cookie: name, value: value, members: route.members)
            case .preview: Route(preview: true, members: route.members)
            }
        }
    }

    /// - Throws: what makes the message no state of these members.
    func state(of names: [String]) throws(TrafficError) -> BalancerState {
        var states: [String: MemberState] = [:]
        for member in members {
            guard (0...TrafficAllocation.maximumWeight).contains(member.weight) else {
                throw TrafficError(.unreadable, "the script gives '\(member.name.printable())' weight \(member.weight)")
            }
            states[member.name] = MemberState(weight: member.weight, isDrained: member.drained ?? false)
        }
        if let missing = names.first(where: { states[$0] == nil }) {
            throw TrafficError(.unreadable, "the script says nothing of '\(missing)'")
        }
        let isMember = Set(names)
        return BalancerState(members: states.filter { isMember.contains($0.key) }, route: try trafficRoute())
    }

    private func trafficRoute() throws(TrafficError) -> TrafficRoute? {
        guard let route else { return nil }
        if let name = route.header, let value = route.value {
            return TrafficRoute(.header(name, value: value), to: route.members)
        }
        if let name = route.cookie, let value = route.value {
            return TrafficRoute(.cookie(name, value: value), to: route.members)
        }
        if route.preview == true { return TrafficRoute(.preview, to: route.members) }
        throw TrafficError(.unreadable, "the script's route has no header, cookie or preview")
    }
}
