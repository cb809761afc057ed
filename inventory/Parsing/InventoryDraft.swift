import FleetModel

/// The file's contents as its lines give them, before groups are tied together.
struct InventoryDraft {
    struct ChildReference {
        var name: String
        var location: SourceLocation
    }

    struct DraftGroup {
        var name: String
        /// Its first section, be it only `:vars`.
        var location: SourceLocation?
        /// The line of its first section other than `:vars`, which alone makes no group; 0 for the implicit groups.
        var declaredAt: Int?
        var hosts: [Int] = []
        var children: [ChildReference] = []
        var variables: [String: Variable] = [:]
        var priority = 1
    }

    private(set) var hosts: [Host] = []
    private(set) var hostIndexes: [HostName: Int] = [:]
    /// The groups in which each host is listed, by the host's index.
    private(set) var memberships: [[Int]] = []
    var groups: [DraftGroup] = []
    private(set) var groupIndexes: [String: Int] = [:]

    static let all = 0
    static let ungrouped = 1

    init() {
        for name in ["all", "ungrouped"] {
            groupIndexes[name] = groups.count
            groups.append(DraftGroup(name: name, declaredAt: 0))
        }
    }

    /// The group of a section; the first section creates it.
    ///
    /// - Throws: where there are too many groups.
    mutating func group(of header: SectionHeader, at location: SourceLocation) throws(Diagnostic) -> Int {
        let index = groupIndexes[header.group] ?? groups.count
        if index == groups.count {
            guard groups.count < InventoryLimits.maximumGroups else {
                throw Diagnostic("more than \(InventoryLimits.maximumGroups) groups", at: location)
            }
            groupIndexes[header.group] = index
            groups.append(DraftGroup(name: header.group))
        }
        if groups[index].location == nil { groups[index].location = location }
        if header.kind != .vars, groups[index].declaredAt == nil { groups[index].declaredAt = location.line }
        return index
    }

    /// Lists the hosts of one line in a group.
    ///
    /// - Throws: where a host already has another port.
    mutating func add(
        _ entry: HostEntry, variables: [String: Variable], to group: Int, at location: SourceLocation
    ) throws(Diagnostic) {
        var ownVariables = variables
        if let port = entry.port, ownVariables["ansible_port"] == nil {
            ownVariables["ansible_port"] = Variable(text: "\(port)", at: location)
        }
        for name in entry.names {
            guard let index = hostIndexes[name] else {
                hostIndexes[name] = hosts.count
                groups[group].hosts.append(hosts.count)
                memberships.append([group])
                hosts.append(Host(name: name, location: location, variables: ownVariables))
                continue
            }
            try checkPort(entry.port, of: hosts[index], at: location)
            hosts[index].variables.merge(variables) { $1 }
            if !memberships[index].contains(group) {
                memberships[index].append(group)
                groups[group].hosts.append(index)
            }
        }
    }

    /// Ansible silently drops a port that is not given where the host is listed first.
    private func checkPort(_ port: Int?, of host: Host, at location: SourceLocation) throws(Diagnostic) {
        guard let port, host.variables["ansible_port"]?.value != .int(port) else { return }
        throw Diagnostic(
            "host '\(host.name)' is listed in line \(host.location.line) without port \(port)", at: location,
            hint: "give the port where the host is listed first, or set ansible_port")
    }

    /// Moves hosts in and out of `ungrouped`: in it are the hosts that are in no other group but `all`.
    mutating func settleUngrouped() {
        for index in hosts.indices {
            let groupsBesideAll = memberships[index].filter { $0 != Self.all }
            if groupsBesideAll.isEmpty {
                memberships[index].append(Self.ungrouped)
                groups[Self.ungrouped].hosts.append(index)
            } else if groupsBesideAll.count > 1, groupsBesideAll.contains(Self.ungrouped) {
                memberships[index].removeAll { $0 == Self.ungrouped }
            }
        }
        groups[Self.ungrouped].hosts.removeAll { !memberships[$0].contains(Self.ungrouped) }
    }
}
