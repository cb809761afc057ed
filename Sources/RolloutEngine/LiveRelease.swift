import FleetModel

/// A release that serves on a host. Where its digest is known it is the same one under whatever name: a directory's
/// name also tells configurations apart.
public struct LiveRelease: Hashable, Sendable {
    /// As `current` names it.
    public var name: String
    /// SHA-256 of its archive; nil where coord did not install it.
    public var digest: Digest?

    public init(_ name: String, digest: Digest?) {
        (self.name, self.digest) = (name, digest)
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.digest == other.digest && (one.digest != nil || one.name == other.name)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest?.hex ?? name) }
}
