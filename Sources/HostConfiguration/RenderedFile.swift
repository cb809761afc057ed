import FleetModel

/// A file as it is to be on one host.
public struct RenderedFile: Sendable, Hashable {
    /// Relative to the release's directory.
    public var path: String
    /// Permission bits.
    public var mode: UInt32
    /// Empty: whoever the agent runs as.
    public var owner: String
    /// Empty: the owner's own group.
    public var group: String
    /// It may take the place of a file of the artifact.
    public var replaces: Bool
    /// The content is a secret, or holds one.
    public var isSecret: Bool
    /// Whether a secret or not, it says nothing when printed.
    public var content: Secret
}
