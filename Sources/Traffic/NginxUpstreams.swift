import FleetModel

/// The file of nginx's configuration that says where a service's requests go. We write all of it, so it is the state.
///
/// It defines the groups NAME, NAME_route and NAME_preview, and the variable `$NAME_upstream` (`-` and `.` in NAME
/// become `_`), which names the group that a request goes to.
struct NginxUpstreams: Hashable, Sendable {
    /// A server of the group, and what only its comment tells: nginx knows neither a weight of 0 nor names.
    struct Server: Hashable, Sendable {
        var name: String
        /// With its port.
        var address: String
        var weight: Int
        var isDrained: Bool

        var takesTraffic: Bool { weight > 0 && !isDrained }
    }

    var name: String
    var servers: [Server]
    var route: TrafficRoute?

    /// The first line: who writes this, and in which form.
    static let mark = "# Written by coord (form 1): what is changed by hand here stops the next change of traffic."

    /// The first line by which a person gives a file of their own away: the first change writes it anew.
    static let handover = "# Handed over to coord."

    /// The text of the file.
    var text: String {
        let variable = "$" + String(name.map { "-.".contains($0) ? "_" : $0 }) + "_upstream"
        let routed = servers.filter { server in route?.members.contains(server.name) ?? false }
        var (others, previews): ([Server], [Server]) = ([], [])
        if route?.match == .preview { previews = routed } else { others = routed }
        return
            ([Self.mark, ""] + group(name, servers) + group("\(name)_route", others, alike: true)
            + group("\(name)_preview", previews, alike: true) + choice(variable)).joined(separator: "\n") + "\n"
    }

    /// A group without servers is none to nginx, so who is not meant is listed as down.
    private func group(_ name: String, _ listed: [Server], alike: Bool = false) -> [String] {
        let lines = servers.map { server in
            let isListed = listed.contains(server)
            let weight = alike ? (isListed ? 1 : 0) : server.weight
            let parameters = (weight > 0 ? " weight=\(weight)" : "") + (weight > 0 && !server.isDrained ? "" : " down")
            return "    server \(server.address)\(parameters); # \(server.name)\(server.isDrained ? " drained" : "")"
        }
        return ["upstream \(name) {"] + lines + ["}", ""]
    }

    private func choice(_ variable: String) -> [String] {
        let source =
            switch route?.match {
            case .header(let name, _): "$http_" + name.lowercased().replacing("-", with: "_")
            case .cookie(let name, _): "$cookie_\(name)"
            case .preview, nil: "$host"
            }
        var lines = ["map \(source) \(variable) {", "    default \(name);"]
        switch route?.match {
        case .header(let name, let value): lines += [entry(value), "    # header \(name)=\(value)"]
        case .cookie(let name, let value): lines += [entry(value), "    # cookie \(name)=\(value)"]
        case .preview, nil: break
        }
        return lines + ["}"]
    }

    /// nginx compares plain values without regard to case (ngx_http_map_module), regular expressions with.
    private func entry(_ value: String) -> String {
        let pattern = value.map { ".+".contains($0) ? "[\($0)]" : String($0) }.joined()
        return "    \"~^\(pattern)$\" \(name)_route;"
    }
}

extension NginxUpstreams {
    /// What was written before.
    ///
    /// - Throws: where the file is not ours, or a person has changed it.
    init(parsing text: String, name: String, file: String) throws(TrafficError) {
        self.init(name: name, servers: [], route: nil)
        guard text.hasPrefix(Self.mark) else {
            throw TrafficError(
                .misconfigured, "'\(file)' was not written by coord",
                hint: "name a file of its own for 'file:', or give this one away: begin it with '\(Self.handover)'")
        }
        let lines = text.split(separator: "\n")
        let groups = lines.split { $0 == "}" }
        servers = (groups.first ?? []).compactMap(Server.init)
        let match = lines.lazy.compactMap(Self.match).first
        if let match { route = TrafficRoute(match, to: Self.weighted(groups, at: 1)) }
        if route == nil, case let members = Self.weighted(groups, at: 2), !members.isEmpty {
            route = TrafficRoute(.preview, to: members)
        }
        // Whatever was not understood is missing here.
        guard self.text == text else {
            throw TrafficError(
                .misconfigured, "'\(file)' was changed by hand",
                hint: "put what is yours into another file, and remove this one: it is written anew")
        }
    }

    /// The servers that the group of a person's own file lists as `down`: one that a blue-green deployment finds idle.
    static func addressesDown(in text: String, group name: String) -> Set<String> {
        let lines = text.split(separator: "\n").map { $0.prefix { $0 != "#" }.split { " \t;{".contains($0) } }
        guard let start = lines.firstIndex(of: ["upstream", name[...]]) else { return [] }
        let group = lines[start...].prefix { $0.first != "}" }
        return Set(group.filter { $0.first == "server" && $0.dropFirst(2).contains("down") }.map { String($0[1]) })
    }

    private static func weighted(_ groups: [ArraySlice<Substring>], at index: Int) -> [String] {
        guard groups.indices.contains(index) else { return [] }
        return groups[index].compactMap(Server.init).filter { $0.weight > 0 }.map(\.name)
    }

    private static func match(_ line: Substring) -> TrafficRoute.Match? {
        let words = line.split(separator: " ")
        guard words.count == 3, words[0] == "#", let equals = words[2].firstIndex(of: "=") else { return nil }
        let (name, value) = (String(words[2][..<equals]), String(words[2][words[2].index(after: equals)...]))
        switch words[1] {
        case "header": return .header(name, value: value)
        case "cookie": return .cookie(name, value: value)
        default: return nil
        }
    }

    /// As in a name of HAProxy's, without what nginx or a host's name cannot have.
    static func isName(_ text: String) -> Bool { HAProxySettings.isName(text) && !text.contains(":") }

    /// The address as nginx writes it (ngx_http_upstream_module, `server`); nil where it is neither number nor name.
    static func address(of member: TrafficMember) -> String? {
        let isNumeric = member.address.contains(":")
        let allowed = member.address.utf8.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) || $0 == 0x3A }
        guard allowed, !member.address.isEmpty else { return nil }
        return isNumeric ? "[\(member.address)]:\(member.port)" : "\(member.address):\(member.port)"
    }
}

extension NginxUpstreams.Server {
    /// `server ADDRESS [weight=N] [down]; # NAME [drained]`, and nothing else.
    fileprivate init?(_ line: Substring) {
        let words = line.split { " ;".contains($0) }
        guard words.first == "server", let hash = words.firstIndex(of: "#"), words.indices.contains(hash + 1) else {
            return nil
        }
        name = String(words[hash + 1])
        address = String(words[1])
        weight = words.lazy.filter { $0.hasPrefix("weight=") }.compactMap { Int($0.dropFirst(7)) }.first ?? 0
        isDrained = words.last == "drained"
    }
}
