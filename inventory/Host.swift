import FleetModel

/// A host as the inventory lists it.
public struct Host: Hashable, Sendable {
    /// The name people type; where to connect is ``ConnectionVariables/address``.
    public var name: HostName
    /// Where the host is listed first.
    public var location: SourceLocation
    /// What the inventories set for it, without `host_vars`; ``Inventory/variables(of:)`` adds what its groups set.
    public var variables: [String: Variable]

    public init(name: HostName, location: SourceLocation, variables: [String: Variable]) {
        self.name = name
        self.location = location
        self.variables = variables
    }
}
