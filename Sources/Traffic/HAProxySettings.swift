import FleetModel

/// Where a service stands in HAProxy's configuration, the same on all its balancers.
public struct HAProxySettings: Hashable, Sendable {
    public var socket: BalancerSocket
    /// The backend whose servers are the members, by their names.
    public var backend: String
    /// The backend that routed requests go to, with the same servers.
    public var routeBackend: String?
    /// The file of the map that the configuration looks requests up in; see ``HAProxyMap``.
    public var map: String?
    /// The backend of the preview address, with the same servers.
    public var previewBackend: String?

    public init(
        socket: BalancerSocket, backend: String, routeBackend: String? = nil, map: String? = nil,
        previewBackend: String? = nil
    ) {
        self.socket = socket
        self.backend = backend
        self.routeBackend = routeBackend
        self.map = map
        self.previewBackend = previewBackend
    }

    /// All of them.
    var backends: [String] { [backend, routeBackend, previewBackend].compactMap(\.self) }

    /// What would end one command of HAProxy's and begin another can be no name.
    ///
    /// - Throws: the name that HAProxy's configuration could not have either.
    func validate() throws(TrafficError) {
        for backend in backends where !Self.isName(backend) {
            throw TrafficError(.misconfigured, "'\(backend.printable())' is no name of a backend")
        }
        if let map, !map.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !";\\\"'#".utf8.contains($0) }) {
            throw TrafficError(.misconfigured, "'\(map.printable())' is no path HAProxy's commands can name")
        }
    }

    /// HAProxy's configuration manual, §2.2 on names: letters, digits and `-_.:`.
    static func isName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.:".utf8.contains($0) }
    }
}

/// ASCII only.
func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
