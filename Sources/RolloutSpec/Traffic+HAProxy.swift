import FleetModel

extension RolloutSpec.Traffic {
    /// HAProxy, by its runtime API.
    public struct HAProxy: Sendable, Hashable, Codable {
        /// Where the runtime API listens on each balancer.
        public enum Socket: Sendable, Hashable, Codable {
            /// A socket of level admin.
            case unix(String)
            case tcp(RolloutSpec.Endpoint)
        }

        /// Where matched requests go.
        public struct Route: Sendable, Hashable, Codable {
            /// The backend for requests that match.
            public var backend: String
            /// The map file by which the frontend chooses that backend.
            public var map: String
        }

        /// A host pattern of the balancers.
        public var hosts: LocatedText
        public var backend: String
        public var socket: Socket
        public var route: Route?
        /// The backend of the preview address.
        public var previewBackend: String?
    }
}

extension RolloutSpec.Traffic.HAProxy {
    enum Key: String, SectionKey {
        case hosts, backend, socket
        case routeBackend = "route_backend"
        case map
        case previewBackend = "preview_backend"

        static let place = "under 'haproxy:'"
    }

    /// Debian's.
    static let defaultSocket = "/run/haproxy/admin.sock"

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        let hosts = section.required(.hosts)?.line("a host pattern such as loadbalancers")
        let backend = section.required(.backend)?.proxyName("a backend")
        socket = section[.socket]?.socket() ?? .unix(Self.defaultSocket)
        route = Self.route(section)
        previewBackend = section[.previewBackend]?.proxyName("a backend")
        guard let hosts, let backend else { return nil }
        (self.hosts, self.backend) = (hosts, backend)
        if let route = section[.routeBackend], route.text == backend {
            route.reject("'route_backend' is the backend itself", hint: "matched requests need a backend of their own")
        }
    }

    private static func route(_ section: Section<Key>) -> Route? {
        switch (section[.routeBackend], section[.map]) {
        case (.some(let backend), .some(let map)):
            let backend = backend.proxyName("a backend")
            let map = map.absolutePath("/etc/haproxy/shop.map")
            guard let backend, let map else { return nil }
            return Route(backend: backend, map: map)
        case (.some(let backend), nil):
            let hint = "add 'map: /etc/haproxy/….map', the map by which the frontend chooses it"
            backend.reject("'route_backend' goes with 'map'", hint: hint)
        case (nil, .some(let map)):
            map.reject("'map' goes with 'route_backend'", hint: "add the backend that matched requests go to")
        case (nil, nil): break
        }
        return nil
    }
}

extension Field {
    /// `/run/haproxy/admin.sock` or `tcp://127.0.0.1:9999`.
    fileprivate func socket() -> RolloutSpec.Traffic.HAProxy.Socket? {
        let form = "a path such as /run/haproxy/admin.sock, or tcp://127.0.0.1:9999"
        guard let text = line(form)?.text else { return nil }
        if text.hasPrefix("/") { return absolutePath("/run/haproxy/admin.sock").map { .unix($0) } }
        guard text.hasPrefix("tcp://") else {
            mismatch(form)
            return nil
        }
        return endpoint(text.dropFirst("tcp://".count), form: form, remedy: "write the address").map { .tcp($0) }
    }
}
