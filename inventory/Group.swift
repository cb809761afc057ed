import FleetModel

/// A group of hosts and of other groups.
public struct Group: Hashable, Sendable {
    public var name: String
    /// Where it is named first; nil for `all` and `ungrouped` where no source names them.
    public var location: SourceLocation?
    /// The hosts listed in it, in that order; those of its children are not among them.
    public var hosts: [HostName]
    /// Its child groups, in the order in which Ansible knows them.
    public var children: [String]
    /// What the inventories set for it, without `ansible_group_priority`; `group_vars` are not among them.
    public var variables: [String: Variable]
    /// `ansible_group_priority`: among groups of one depth the greater overrides the smaller; 1 unless set.
    public var priority: Int
    /// The longest way down from `all`, which has depth 0; the deeper group overrides.
    public var depth: Int
}
