/// What takes requests behind a balancer: an instance of the service on a host.
public struct TrafficMember: Hashable, Sendable, Codable {
    /// As the balancers know it: the host's name, or `host-blue` where a host runs two instances.
    public var name: String
    public var host: HostName
    /// The address that balancers connect to.
    public var address: String
    public var port: UInt16

    public init(name: String, host: HostName, address: String, port: UInt16) {
        self.name = name
        self.host = host
        self.address = address
        self.port = port
    }
}

/// How requests are to be shared out among the members, on every balancer alike.
public struct TrafficAllocation: Hashable, Sendable, Codable {
    /// The largest weight that all balancers know (HAProxy's management guide, "set weight").
    public static let maximumWeight = 256

    /// By member name, 0…``maximumWeight``; who has 0, or is not listed, gets no new requests.
    public var weights: [String: Int]
    /// The requests that go elsewhere, if any do.
    public var route: TrafficRoute?

    public init(weights: [String: Int], route: TrafficRoute? = nil) {
        self.weights = weights
        self.route = route
    }
}

/// Requests that are told apart, and the members they go to.
public struct TrafficRoute: Hashable, Sendable, Codable {
    /// By what a request is recognised.
    public enum Match: Hashable, Sendable, Codable {
        /// A header of this name (case-insensitive, RFC 9110 §5.1) that has exactly this value.
        case header(String, value: String)
        case cookie(String, value: String)
        /// All that come in by the balancers' preview address.
        case preview
    }

    public var match: Match
    /// Names of members, each with the same share.
    public var members: [String]

    public init(_ match: Match, to members: [String]) {
        self.match = match
        self.members = members
    }
}
