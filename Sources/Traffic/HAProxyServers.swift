import FleetModel

/// A server of a backend as `show servers state` has it (HAProxy's management guide, §9.3; format version 1).
struct HAProxyServer: Hashable, Sendable {
    var name: String
    var place: HAProxyStatistics.Place
    var address: String
    /// 0 where it is the port that the client came by.
    var port: Int
    var operation: Int
    var administration: Int
    var weight: Int

    /// `SRV_ADMF_FDRAIN` and `IDRAIN` of HAProxy's server-t.h.
    var isDrained: Bool { administration & 0x18 != 0 }
    /// `SRV_ADMF_FMAINT`, `IMAINT`, `CMAINT`, `RMAINT` and `HMAINT`: by command, tracking, configuration or name
    /// resolution.
    var isInMaintenance: Bool { administration & 0x67 != 0 }

    /// `SRV_ST_STOPPED` is 0, `SRV_ST_STOPPING` 3: neither takes new requests. Starting and running do.
    var condition: MemberState.Condition {
        if isInMaintenance { return .maintenance }
        return operation == 1 || operation == 2 ? .up : .down
    }

    var state: MemberState { MemberState(weight: weight, isDrained: isDrained, condition: condition) }
}

extension HAProxyServer {
    /// The servers of one backend, by name, from the answer to `show servers state BACKEND`.
    ///
    /// - Throws: where the answer says that there is no such backend, or is nothing known.
    static func parse(_ answer: String, backend: String) throws(TrafficError) -> [String: HAProxyServer] {
        let lines = answer.split(separator: "\n")
        guard lines.first == "1" else {
            if answer.contains("Can't find backend") {
                throw TrafficError(
                    .misconfigured, "HAProxy has no backend '\(backend)'",
                    hint: "'haproxy:' of the specification names a backend of HAProxy's configuration")
            }
            throw .unreadable(answer, of: "HAProxy", to: "show servers state")
        }
        var servers: [String: HAProxyServer] = [:]
        for line in lines.dropFirst() where !line.hasPrefix("#") {
            guard let server = HAProxyServer(line, backend: backend) else {
                throw .unreadable(String(line), of: "HAProxy", to: "show servers state")
            }
            servers[server.name] = server
        }
        return servers
    }

    /// Columns: be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight … (9 more) srv_fqdn
    /// srv_port.
    private init?(_ line: Substring, backend: String) {
        let fields = line.split(separator: " ")
        guard fields.count >= 19, fields[1] == backend, let backendNumber = Int(fields[0]),
            let number = Int(fields[2]), let operation = Int(fields[5]),
            let administration = Int(fields[6]), let weight = Int(fields[7]),
            (0...TrafficAllocation.maximumWeight).contains(weight), let port = Int(fields[18])
        else { return nil }
        name = String(fields[3])
        place = .init(backend: backendNumber, server: number)
        address = String(fields[4])
        self.operation = operation
        self.administration = administration
        self.weight = weight
        self.port = port
    }
}

extension TrafficError {
    /// What a balancer answered that nobody can make sense of, quoted.
    static func unreadable(_ answer: String, of whose: String, to question: String) -> Self {
        let quoted = answer.printable(maximumBytes: BalancerLimits.quotedBytes).trimmed
        return Self(.unreadable, "\(whose) answered '\(quoted)' to '\(question)'")
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
