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

    /// The checks of the service, or of its two instances. A strategy of nil is one that could not be read.
    static func all(_ field: Field?, strategy: RolloutSpec.Strategy?) -> (one: [Self], green: [Self]) {
        guard let field else { return ([], []) }
        guard let strategy else {
            return (field.checks(InstancePlaceholders(color: .blue, port: 1, areAssumed: true)), [])
        }
        guard let instances = strategy.instances else { return (field.checks(nil), []) }
        let blue = InstancePlaceholders(color: .blue, port: instances.bluePort)
        let green = InstancePlaceholders(color: .green, port: instances.greenPort)
        // The mistakes are the same; once is enough.
        let unheard = Field(name: field.name, node: field.node, findings: Findings(file: ""))
        return (field.checks(blue), unheard.checks(green))
    }

    /// Nil with a finding.
    init?(_ item: Field, _ placeholders: InstancePlaceholders?) {
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
            case .http: field.request(placeholders, status: section[.expect]?.integer(in: 100...599) ?? 200)
            default: field.endpoint(placeholders).map { .tcp($0) }
            }
        guard let probe else { return nil }
        self.probe = probe
        let written = field.text ?? ""
        name = kind == .script ? written : placeholders?.fill(written) ?? written
    }
}

extension Field {
    fileprivate func checks(_ placeholders: InstancePlaceholders?) -> [RolloutSpec.HealthCheck] {
        items()?.compactMap { RolloutSpec.HealthCheck($0, placeholders) } ?? []
    }

    /// One line in which the instance's own port and colour have taken their places.
    private func filled(_ placeholders: InstancePlaceholders?, _ form: String) -> String? {
        guard let text = line(form)?.text else { return nil }
        let found = InstancePlaceholders.found(in: text)
        guard let placeholders else {
            guard let name = found.first else { return text }
            let hint = "write the port, or let each host run two instances: 'blue_green: {instances: …}'"
            reject("nothing takes the place of '{\(name)}' here", hint: hint)
            return nil
        }
        if let unknown = InstancePlaceholders.unknown(in: text) {
            let suggestion = InstancePlaceholders.suggestion(for: unknown)
            let hint = suggestion.isEmpty ? "known are {port} and {color}" : nil
            reject("unknown placeholder '{\(unknown)}'\(suggestion)", hint: hint)
            return nil
        }
        guard !found.isEmpty || placeholders.areAssumed else {
            reject("\(name) asks both instances at one place", hint: "write {port} where the instance's port belongs")
            return nil
        }
        return placeholders.fill(text)
    }

    fileprivate func request(
        _ placeholders: InstancePlaceholders?, status: Int
    ) -> RolloutSpec.HealthCheck.Probe? {
        let form = "a URL such as http://127.0.0.1:8080/healthz"
        guard let url = filled(placeholders, form) else { return nil }
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

    fileprivate func endpoint(_ placeholders: InstancePlaceholders?) -> RolloutSpec.Endpoint? {
        let form = "an address and a port such as 127.0.0.1:8080"
        return filled(placeholders, form).flatMap { endpoint($0, form: form) }
    }
}
