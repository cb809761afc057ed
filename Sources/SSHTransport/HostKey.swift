import Crypto
import FoundationEssentials

/// A server's public key, as it presents it in the key exchange.
public struct HostKey: Hashable, Sendable {
    /// The key in SSH's own encoding (RFC 4253 §6.6).
    public let blob: [UInt8]
    /// The kind of key, such as `ssh-ed25519`.
    public let type: String

    /// Nil where the bytes are not a public key.
    public init?(blob: [UInt8]) {
        var reader = SSHReader(blob)
        guard let type = reader.text(), !type.isEmpty, !reader.isAtEnd else { return nil }
        self.blob = blob
        self.type = type
    }

    /// As `ssh-keygen -l` shows it: `SHA256:` and 43 characters of base64.
    public var fingerprint: String {
        let digest = Data(SHA256.hash(data: blob)).base64EncodedString()
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    /// The line that makes this key known for a host in `known_hosts`, without line feed.
    public func knownHostsLine(address: String, port: Int) -> String {
        "\(KnownHostName(address: address, port: port).text) \(type) \(Data(blob).base64EncodedString())"
    }
}
