import FleetModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension RolloutSpec {
    /// A place on the host or near it that the agent can connect to without resolving names.
    public struct Endpoint: Sendable, Hashable, Codable {
        /// An IPv4 or IPv6 address without brackets, or `localhost`.
        public var host: String
        /// 1…65535.
        public var port: UInt16
    }
}

extension RolloutSpec.Endpoint {
    enum Mistake: Error {
        /// No `host:port`, or a port out of 1…65535.
        case malformed
        /// A host name: the agent has no resolver.
        case hostName(String)
    }

    /// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`; the port may be left out where there is a default.
    init(_ text: some StringProtocol, defaultPort: UInt16? = nil) throws(Mistake) {
        let text = String(text)
        var host = text[...]
        var rest = text[text.endIndex...]
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard isAddress(String(host), AF_INET6) else { throw .malformed }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard let port = rest.isEmpty ? defaultPort : Self.port(rest), !host.isEmpty else { throw .malformed }
        (self.host, self.port) = (String(host), port)
        guard self.host == "localhost" || isAddress(self.host, AF_INET) || text.hasPrefix("[") else {
            throw .hostName(self.host)
        }
    }

    /// `:8080`.
    private static func port(_ text: Substring) -> UInt16? {
        let digits = text.dropFirst()
        let isNumber = digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard text.hasPrefix(":"), isNumber, let port = UInt16(digits), port > 0 else { return nil }
        return port
    }
}

/// inet_pton(3): the address in its usual writing, nothing shorter and no octal.
private func isAddress(_ text: String, _ family: Int32) -> Bool {
    var address = in6_addr()
    return inet_pton(family, text, &address) == 1
}
