import FleetModel

extension RolloutSpec {
    /// What shares out the service's requests among its hosts.
    public struct Traffic: Sendable, Hashable, Codable {
        /// The kind of balancer.
        public enum Balancers: Sendable, Hashable, Codable {
            case haproxy(HAProxy)
            case nginx(Nginx)
            /// A program, relative to the spec, that runs where `coord` runs.
            case script(LocatedText)
        }

        public var balancers: Balancers
        /// The service's port on every host; nil: each instance has its own.
        public var port: UInt16?
        /// How long a host may take to end the connections it has.
        public var drainTimeout: Duration
    }
}

extension RolloutSpec.Traffic {
    enum Key: String, SectionKey {
        case haproxy, nginx, script, port
        case drainTimeout = "drain_timeout"

        static let place = "under 'traffic:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        port = section[.port]?.port()
        drainTimeout = section[.drainTimeout]?.duration(atLeast: .zero) ?? .seconds(30)
        guard let kind = section.one(of: [.haproxy, .nginx, .script], "'traffic'"), let settings = section[kind] else {
            return nil
        }
        let balancers: Balancers? =
            switch kind {
            case .haproxy: HAProxy(settings).map(Balancers.haproxy)
            case .nginx: Nginx(settings).map(Balancers.nginx)
            default: settings.line("the path of a script").map(Balancers.script)
            }
        guard let balancers else { return nil }
        self.balancers = balancers
    }
}
