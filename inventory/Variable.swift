import FleetModel

/// One variable as set at one place of the inventory.
public struct Variable: Hashable, Sendable {
    /// What a person wrote: on a host's line without the shell's quotes, of a list or dictionary its JSON.
    public var text: String
    /// The same in the type Ansible gives it.
    public var value: Value
    /// Where it is set: the place of its name.
    public var location: SourceLocation

    /// A variable of an INI file, whose text has yet to be typed.
    public init(text: String, at location: SourceLocation) {
        self.text = text
        self.value = Value(reading: text)
        self.location = location
    }

    /// A variable of a file that types its values itself; `text` is what stands there for a single value.
    public init(_ value: Value, text: String? = nil, at location: SourceLocation) {
        self.text = text ?? JSONText.compact(value)
        self.value = value
        self.location = location
    }

    /// Whether Ansible would evaluate it before use.
    public var isTemplate: Bool { if case .string(let text) = value { text.contains("{{") } else { false } }
}
