/// What a driver needs of the host that its balancer runs on.
public protocol BalancerHost: Sendable {
    /// Writes the text and one line feed to a socket there, and reads until the other side ends the connection.
    ///
    /// At most ``BalancerLimits/answerBytes`` are read, within ``BalancerLimits/exchangeTimeout``; more is an error.
    /// - Throws: where nothing listens there, or the answer is not complete.
    func exchange(_ text: String, with socket: BalancerSocket) async throws(TrafficError) -> String

    /// The text of a file there, also of procfs, whose files have no size until they are read; nil where there is
    /// none.
    ///
    /// - Throws: where it cannot be read, or has more than ``BalancerLimits/answerBytes``.
    func readFile(_ path: String) async throws(TrafficError) -> String?

    /// Puts a file in place at once, runs `test` and then `apply`, both shell commands. Where one of them fails, what
    /// was there before is put back; after a failed `apply`, it is applied again.
    ///
    /// - Throws: what the command that failed printed.
    func replaceFile(
        _ path: String, with content: String, test: String, apply: String
    ) async throws(TrafficError)
}

/// Where a balancer takes commands, on its own host.
public enum BalancerSocket: Hashable, Sendable, CustomStringConvertible {
    /// A path.
    case unix(String)
    case tcp(host: String, port: UInt16)

    /// Reads `/run/haproxy/admin.sock` or `tcp://127.0.0.1:9999`; nil for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("/"), text.utf8.count <= Self.maximumPathBytes {
            self = .unix(text)
            return
        }
        guard text.hasPrefix("tcp://"), case let rest = text.dropFirst("tcp://".count),
            let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...]), port > 0,
            case let host = rest[..<colon], !host.isEmpty, !host.contains("/")
        else { return nil }
        self = .tcp(host: String(host), port: port)
    }

    /// unix(7): `sun_path` has 108 bytes with its end.
    private static let maximumPathBytes = 107

    public var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port): "tcp://\(host):\(port)"
        }
    }
}

/// How much a balancer, whose answers are hostile, may take of us.
public enum BalancerLimits {
    /// Of one answer: 5,000 servers of HAProxy's, at about 200 bytes each.
    public static let answerBytes = 1 << 20
    /// Of one command or query: a balancer that works answers in milliseconds.
    public static let exchangeTimeout = Duration.seconds(10)
    /// Of what is quoted of an answer in an error.
    static let quotedBytes = 300
}
