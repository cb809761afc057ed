import FleetModel

/// One variable as set at one place of the inventory.
public struct Variable: Hashable, Sendable {
    /// What stands behind the `=`: on a host's line without the shell's quotes, else as written.
    public var text: String
    /// The same in the type Ansible gives it.
    public var value: Value
    /// Where it is set: the place of its name.
    public var location: SourceLocation

    public init(text: String, at location: SourceLocation) {
        self.text = text
        self.value = Value(reading: text)
        self.location = location
    }
}
