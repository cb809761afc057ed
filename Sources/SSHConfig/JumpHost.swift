/// One `[user@]host[:port]` or `ssh://[user@]host[:port]`.
struct JumpHost: Hashable, Sendable {
    var user: String?
    var host: String
    var port: Int?

    /// Whether it differs from host to host behind it (ssh_config(5), TOKENS).
    var hasTokens: Bool { TokenExpansion.isNeeded(for: host) || user.map(TokenExpansion.isNeeded) == true }

    /// Hosts between commas; none for `none`. Nil where one of them is malformed.
    static func list(_ text: String) -> [JumpHost]? {
        if text.lowercased() == "none" { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let jumps = parts.compactMap { JumpHost($0) }
        return jumps.count == parts.count && jumps.count <= SSHConfigLimits.maximumHops ? jumps : nil
    }

    init?(_ text: some StringProtocol) {
        let scheme = "ssh://"
        let isURI = text.hasPrefix(scheme)
        var rest = Substring(text).dropFirst(isURI ? scheme.count : 0)
        // In a URI, connection parameters may follow the user (draft-ietf-secsh-scp-sftp-ssh-uri-04 §4).
        if let at = rest.lastIndex(of: "@") {
            let user = isURI ? rest[..<at].prefix { $0 != ";" } : rest[..<at]
            guard !user.isEmpty else { return nil }
            self.user = String(user)
            rest = rest[rest.index(after: at)...]
        }
        if isURI, rest.last == "/" { rest.removeLast() }
        guard let (host, port) = Self.split(rest), !host.isEmpty, !host.hasPrefix("-"),
            !host.contains(where: \.isWhitespace)
        else { return nil }
        self.host = String(host)
        guard let port, !port.isEmpty else { return }
        guard let number = Self.port(String(port)) else { return nil }
        self.port = number
    }

    /// `host:port`, `[::1]:port`, or a host alone, which may be an IPv6 address.
    private static func split(_ text: Substring) -> (host: Substring, port: Substring?)? {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if rest.isEmpty { return (host, nil) }
            return rest.hasPrefix(":") ? (host, rest.dropFirst()) : nil
        }
        let colons = text.filter { $0 == ":" }.count
        guard colons == 1, let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    static func port(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65535).contains(port)
        else { return nil }
        return port
    }
}

extension JumpHost: CustomStringConvertible {
    var description: String {
        (user.map { "\($0)@" } ?? "") + (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }
}
