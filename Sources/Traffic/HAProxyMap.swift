import FleetModel

/// How a route stands in a map of HAProxy's: its key is `header:NAME=VALUE` or `cookie:NAME=VALUE`, its value the
/// backend.
///
/// The names of headers are in small letters. HAProxy's configuration looks requests up so, for a header X-Variant:
///
///     http-request set-var-fmt(txn.route) header:x-variant=%[req.hdr(x-variant)]
///     use_backend %[var(txn.route),map_str(/etc/haproxy/shop.map)] if ROUTED
///
/// with `acl ROUTED var(txn.route),map_str(/etc/haproxy/shop.map) -m found` before.
enum HAProxyMap {
    /// The key by which the map knows these requests; nil for those it needs no map for.
    static func key(of match: TrafficRoute.Match) -> String? {
        switch match {
        case .header(let name, let value): "header:\(name.lowercased())=\(value)"
        case .cookie(let name, let value): "cookie:\(name)=\(value)"
        case .preview: nil
        }
    }

    /// Nil for an entry that is none of ours.
    static func match(ofKey key: String) -> TrafficRoute.Match? {
        guard let colon = key.firstIndex(of: ":"), let equals = key.firstIndex(of: "="), colon < equals else {
            return nil
        }
        let name = String(key[key.index(after: colon)..<equals])
        let value = String(key[key.index(after: equals)...])
        switch key[..<colon] {
        case "header": return .header(name, value: value)
        case "cookie": return .cookie(name, value: value)
        default: return nil
        }
    }

    /// Keys to values, from the answer to `show map FILE`: lines of `ADDRESS KEY VALUE`.
    static func parse(_ answer: String, file: String) throws(TrafficError) -> [String: String] {
        if answer.contains("Unknown map identifier") {
            throw TrafficError(
                .misconfigured, "HAProxy has loaded no map '\(file)'",
                hint: "HAProxy loads a map where its configuration uses it: map_str(\(file))")
        }
        var entries: [String: String] = [:]
        for line in answer.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, fields[0].hasPrefix("0x") else {
                throw .unreadable(String(line), of: "HAProxy", to: "show map")
            }
            entries[String(fields[1])] = String(fields[2])
        }
        return entries
    }
}
