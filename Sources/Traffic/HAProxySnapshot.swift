import FleetModel

/// All that HAProxy says of one service at one time, and what is to be told to it.
struct HAProxySnapshot: Sendable {
    let settings: HAProxySettings
    /// By backend, then by name.
    var servers: [String: [String: HAProxyServer]]
    /// Of the map, keys to values; empty where there is no map.
    var entries: [String: String]

    /// What it does with the members.
    func state(of members: [TrafficMember]) throws(TrafficError) -> BalancerState {
        try checkServers(of: members)
        let main = servers[settings.backend] ?? [:]
        let names = Set(members.map(\.name))
        let ours = main.filter { names.contains($0.key) }
        return BalancerState(
            members: ours.mapValues(\.state), addresses: ours.mapValues(\.address), route: route(among: names),
            notices: notices(members))
    }

    private func route(among names: Set<String>) -> TrafficRoute? {
        func weighted(_ backend: String) -> [String] {
            (servers[backend] ?? [:]).values.filter { $0.weight > 0 && names.contains($0.name) }.map(\.name)
        }
        let keys = entries.filter { $0.value == settings.routeBackend }.keys.sorted()
        if let routeBackend = settings.routeBackend, let match = keys.lazy.compactMap(HAProxyMap.match).first {
            return TrafficRoute(match, to: weighted(routeBackend))
        }
        if let preview = settings.previewBackend, !weighted(preview).isEmpty {
            return TrafficRoute(.preview, to: weighted(preview))
        }
        return nil
    }

    /// - Throws: a member that is no server, or one on another port: behind it is something else.
    private func checkServers(of members: [TrafficMember]) throws(TrafficError) {
        for backend in settings.backends {
            let servers = servers[backend] ?? [:]
            for member in members {
                guard let server = servers[member.name] else {
                    let suggestion = didYouMean(member.name, among: servers.keys.sorted())
                    throw TrafficError(
                        .misconfigured, "backend '\(backend)' has no server '\(member.name)'\(suggestion)",
                        hint: "servers have the names of the hosts in the inventory")
                }
                guard server.port == 0 || server.port == Int(member.port) else {
                    throw TrafficError(
                        .misconfigured,
                        "server '\(backend)/\(member.name)' has port \(server.port), not \(member.port)")
                }
            }
        }
    }

    /// Balancers often reach servers by another network than the coordinator does: a person may judge.
    private func notices(_ members: [TrafficMember]) -> [String] {
        let main = servers[settings.backend] ?? [:]
        let elsewhere = members.compactMap { member -> String? in
            guard let server = main[member.name], server.address != member.address, Self.isNumeric(member.address)
            else { return nil }
            return "server '\(settings.backend)/\(member.name)' is at \(server.address), not at \(member.address)"
        }
        let names = Set(members.map(\.name))
        let strangers = main.values.filter { $0.weight > 0 && !names.contains($0.name) }.map(\.name).sorted()
        guard !strangers.isEmpty else { return elsewhere }
        let list = strangers.joined(separator: ", ")
        return elsewhere + ["backend '\(settings.backend)' has servers that are no members: \(list)"]
    }

    private static func isNumeric(_ address: String) -> Bool {
        address.utf8.contains(0x3A) || address.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }
}

extension HAProxySnapshot {
    /// What a server of the routed backends weighs: all the same.
    private static let routedWeight = 100

    /// The commands that make HAProxy do what is wanted; none where it does.
    ///
    /// At no point between them is there nobody to take a request: first more, then elsewhere, then less.
    func commands(toReach wanted: BalancerState) throws(TrafficError) -> [String] {
        var (more, less): ([String], [String]) = ([], [])
        for backend in settings.backends {
            for name in wanted.members.keys.sorted() {
                guard let server = servers[backend]?[name], let member = wanted.members[name] else { continue }
                let path = "\(backend)/\(name)"
                let weight = weight(of: name, in: backend, wanted: wanted)
                if weight > server.weight { more.append("set weight \(path) \(weight)") }
                if weight < server.weight { less.append("set weight \(path) \(weight)") }
                // Either command would end the maintenance.
                if server.isInMaintenance { continue }
                if member.isDrained, !server.isDrained { less.append("set server \(path) state drain") }
                if !member.isDrained, server.isDrained { more.append("set server \(path) state ready") }
            }
        }
        return more + (try mapCommands(for: wanted.route)) + less
    }

    private func weight(of name: String, in backend: String, wanted: BalancerState) -> Int {
        if backend == settings.backend { return wanted.members[name]?.weight ?? 0 }
        guard let route = wanted.route, route.members.contains(name) else { return 0 }
        let home = route.match == .preview ? settings.previewBackend : settings.routeBackend
        return backend == home ? Self.routedWeight : 0
    }

    private func mapCommands(for route: TrafficRoute?) throws(TrafficError) -> [String] {
        if route?.match == .preview, settings.previewBackend == nil {
            throw TrafficError(.misconfigured, "requests for a preview have no backend", hint: "set 'preview_backend'")
        }
        let key = route.flatMap { HAProxyMap.key(of: $0.match) }
        guard let map = settings.map, let backend = settings.routeBackend else {
            guard key == nil else {
                let hint = "set 'map' and 'route_backend'"
                throw TrafficError(.misconfigured, "routed requests have no backend", hint: hint)
            }
            return []
        }
        let ours = entries.filter { $0.value == backend && HAProxyMap.match(ofKey: $0.key) != nil }.keys.sorted()
        let gone = ours.filter { $0 != key }.map { "del map \(map) \($0)" }
        guard let key, entries[key] != backend else { return gone }
        guard entries[key] == nil else { return gone + ["set map \(map) \(key) \(backend)"] }
        return gone + ["add map \(map) \(key) \(backend)"]
    }
}
