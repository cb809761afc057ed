import FleetModel

/// A path or pattern as written, with the place that a later error about it (no such file, no such group) points to.
///
/// The place is no part of the value: it is neither compared nor encoded.
public struct LocatedText: Sendable, Hashable, Codable, CustomStringConvertible {
    /// As written.
    public var text: String
    /// Nil where the text is a default or was decoded.
    public var location: SourceLocation?

    /// A text from a spec, or a default where there is no `location`.
    public init(_ text: String, at location: SourceLocation? = nil) {
        self.text = text
        self.location = location
    }

    public var description: String { text }

    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
