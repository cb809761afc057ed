import FleetModel

extension RolloutSpec {
    /// One way to ask a host whether the service is well.
    public struct HealthCheck: Sendable, Hashable, Codable {
        /// What is asked.
        public enum Probe: Sendable, Hashable, Codable {
            /// A script that travels to the host; exit status 0 is healthy.
            case script(LocatedText)
            /// A `GET` of `path` (with its query); healthy if the reply has `status`.
            case http(Endpoint, path: String, status: Int)
            /// Healthy if the connection is accepted.
            case tcp(Endpoint)
        }

        /// As written: a path, a URL or an address. What reports call the check.
        public var name: String
        public var probe: Probe
        /// After this long one run has failed.
        public var timeout: Duration
    }
}

extension RolloutSpec.HealthCheck {
    enum Key: String, SectionKey {
        case script, http, tcp, expect, timeout

        static let place = "under 'health:'"
    }

    private static let defaultTimeout = Duration.seconds(5)

    /// Nil with a finding.
    init?(_ item: Field) {
        if let text = item.text {
            item.reject("a health check is a mapping; got \(quoted(text))", hint: "write '- script: \(text)'")
            return nil
        }
        guard let section = Section<Key>(item) else { return nil }
        timeout = section[.timeout]?.duration() ?? Self.defaultTimeout
        let kinds = section.present.filter { [.script, .http, .tcp].contains($0) }
        guard kinds.count == 1, let kind = kinds.first, let field = section[kind] else {
            item.reject("a health check has exactly one of 'script', 'http' and 'tcp'")
            return nil
        }
        if kind != .http, let expect = section[.expect] { expect.reject("'expect' goes with 'http' only") }
        let probe: Probe? =
            switch kind {
            case .script: field.line("the path of a script").map { .script($0) }
            case .http: field.request(status: section[.expect]?.integer(in: 100...599) ?? 200)
            default: field.endpoint().map { .tcp($0) }
            }
        guard let probe else { return nil }
        self.probe = probe
        name = field.text ?? ""
    }
}

extension Field {
    fileprivate func request(status: Int) -> RolloutSpec.HealthCheck.Probe? {
        let form = "a URL such as http://127.0.0.1:8080/healthz"
        guard let url = line(form)?.text else { return nil }
        guard url.hasPrefix("http://") else {
            let hint = url.hasPrefix("https://") ? "the agent has no TLS; check https in a script" : nil
            mismatch(form, hint: hint)
            return nil
        }
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { !"/?#".contains($0) }
        let target = rest.dropFirst(authority.count)
        // RFC 3986 §2: what else a URL may hold comes percent-encoded; the agent sends the target as it is.
        guard target.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            mismatch(form, hint: "write other characters as %20 and the like; '#' has no meaning here")
            return nil
        }
        guard let endpoint = endpoint(authority, defaultPort: 80, form: form) else { return nil }
        return .http(endpoint, path: target.hasPrefix("/") ? String(target) : "/\(target)", status: status)
    }

    fileprivate func endpoint() -> RolloutSpec.Endpoint? {
        let form = "an address and a port such as 127.0.0.1:8080"
        return line(form).flatMap { endpoint($0.text, defaultPort: nil, form: form) }
    }

    private func endpoint(_ written: some StringProtocol, defaultPort: UInt16?, form: String) -> RolloutSpec.Endpoint? {
        do throws(RolloutSpec.Endpoint.Mistake) {
            return try RolloutSpec.Endpoint(written, defaultPort: defaultPort)
        } catch {
            switch error {
            case .hostName(let host):
                let problem = "\(name) needs an IP address or 'localhost', not the name \(quoted(host))"
                reject(problem, hint: "the agent has no resolver; check by name in a script")
            case .malformed: mismatch(form)
            }
            return nil
        }
    }
}
