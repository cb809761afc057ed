/// The name a host has in the inventory: what people type and what every report shows.
///
/// Printable, without white space, at most 253 bytes (RFC 1035 §2.3.4's limit for a domain name).
public struct HostName: NameType {
    public let text: String

    public init?(_ text: String) {
        guard (1...253).contains(text.utf8.count), Self.isAllowed(text) else { return nil }
        self.text = text
    }

    /// Nearly all names are ASCII, of which only the bytes between the space and DEL are visible: a fleet of 100,000 is
    /// checked without Unicode's tables.
    private static func isAllowed(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) } || text.unicodeScalars.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && !(0x7F...0x9F).contains(scalar.value) && !scalar.properties.isWhitespace
    }
}

/// A service's name on the hosts: the namespace of its releases, epochs, history and lock.
///
/// It becomes a directory name: `[a-z0-9][a-z0-9._-]*`, at most 63 bytes.
public struct ServiceName: NameType {
    public let text: String

    public init?(_ text: String) {
        guard isSafePathComponent(text, limit: 63), text == text.lowercased() else { return nil }
        self.text = text
    }
}

/// The name of one release of a service, a directory name under `releases/`.
///
/// `[A-Za-z0-9][A-Za-z0-9._+-]*`, at most 128 bytes.
public struct ReleaseID: NameType {
    public let text: String

    public init?(_ text: String) {
        guard isSafePathComponent(text, limit: 128) else { return nil }
        self.text = text
    }
}

/// The name of one run of a rollout, unique in the store and on the hosts.
///
/// Same alphabet as ``ReleaseID``, at most 64 bytes.
public struct RolloutID: NameType {
    public let text: String

    public init?(_ text: String) {
        guard isSafePathComponent(text, limit: 64) else { return nil }
        self.text = text
    }
}

/// A checked string: it prints, compares, hashes and encodes as its text.
public protocol NameType: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The checked text.
    var text: String { get }
    /// Nil where `text` is not a valid name of this kind.
    init?(_ text: String)
}

extension NameType {
    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a valid \(Self.self)")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// ASCII letters, digits and `._+-`, not beginning with punctuation: never `.`, `..`, empty or an option.
private func isSafePathComponent(_ text: String, limit: Int) -> Bool {
    guard (1...limit).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first) else {
        return false
    }
    return text.utf8.allSatisfy { isAlphanumeric($0) || ".-_+".utf8.contains($0) }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
