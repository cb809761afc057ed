/// A text that must reach one place and no other: it says nothing of itself when printed, and can't be encoded.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one who hands it over.
    public let exposed: [UInt8]

    public init(_ bytes: [UInt8]) { exposed = bytes }

    public init(_ text: String) { exposed = Array(text.utf8) }

    public var description: String { "(secret)" }

    public var debugDescription: String { description }

    /// `dump(_:)` and the like look past descriptions.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
