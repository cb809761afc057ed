/// What `show stat … typed` says of servers (HAProxy's management guide, §9.1 and §9.3). One field a line, because the
/// columns of its CSV hold what servers answer to checks.
///
///     S.5.1.4.scur.1:MGP:u32:0
///
/// Object, proxy's and server's number, field's number and name, process; what it is; its type; its value.
struct HAProxyStatistics {
    /// A server's place among all; names are not asked for, because a frontend may have the name of a backend.
    struct Place: Hashable {
        var backend: Int
        var server: Int
    }

    private(set) var fields: [Place: [String: String]] = [:]

    init(_ answer: String) {
        for line in answer.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            let path = parts[0].split(separator: ".")
            guard parts.count == 4, path.count == 6, path[0] == "S", let backend = Int(path[1]),
                let server = Int(path[2])
            else { continue }
            fields[Place(backend: backend, server: server), default: [:]][String(path[4])] = String(parts[3])
        }
    }

    func name(at place: Place) -> String? { fields[place]?["svname"] }

    /// Nil where HAProxy does not say.
    func use(at place: Place) -> MemberUse? {
        guard let sessions = number("scur", at: place), let queued = number("qcur", at: place) else { return nil }
        // Since HAProxy 2.2; before, an idle connection counts as one in use.
        let idle = ["idle_conn_cur", "safe_conn_cur"].map { number($0, at: place) ?? 0 }
        return MemberUse(requests: sessions + queued, idleConnections: idle[0] + idle[1])
    }

    /// HAProxy has 32 bits for each.
    private func number(_ field: String, at place: Place) -> Int? {
        fields[place]?[field].flatMap { UInt32($0) }.map(Int.init)
    }
}
