import FleetModel

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
            guard isIPv6Address(host) else { throw .malformed }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard let port = rest.isEmpty ? defaultPort : Self.port(rest), !host.isEmpty else { throw .malformed }
        (self.host, self.port) = (String(host), port)
        guard self.host == "localhost" || isIPv4Address(self.host) || text.hasPrefix("[") else {
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

/// Four decimal numbers 0…255 without leading zeros, which some readers take for octal (RFC 6943 §3.1.1).
private func isIPv4Address(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
}

private func isHexGroup(_ text: Substring) -> Bool {
    (1...4).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && $0.isHexDigit }
}

/// Eight groups of up to four hexadecimal digits, one run of zero groups written `::`, the last two groups maybe as an
/// IPv4 address (RFC 4291 §2.2).
private func isIPv6Address(_ text: some StringProtocol) -> Bool {
    let halves = String(text).split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return false }
    var groups = 0
    for (index, half) in halves.enumerated() where !half.isEmpty {
        var parts = half.split(separator: ":", omittingEmptySubsequences: false)
        if index == halves.count - 1, let last = parts.last, isIPv4Address(last) {
            parts.removeLast()
            groups += 2
        }
        guard parts.allSatisfy(isHexGroup) else { return false }
        groups += parts.count
    }
    return halves.count == 2 ? groups < 8 : groups == 8
}
