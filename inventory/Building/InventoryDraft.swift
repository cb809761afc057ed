import FleetModel

/// Hosts and groups as the sources name them, one after the other, before the groups are tied together.
struct InventoryDraft {
    struct Child {
        var group: Int
        var location: SourceLocation
    }

    struct DraftGroup {
        var name: String
        /// Where it is named first; nil for the implicit groups where no source names them.
        var location: SourceLocation?
        var hosts: [Int] = []
        var children: [Child] = []
        var childSet: Set<Int> = []
        var variables: [String: Variable] = [:]
        var priority = 1
    }

    private(set) var hosts: [Host] = []
    private(set) var hostIndexes: [HostName: Int] = [:]
    /// The groups in which each host is listed, by the host's index.
    private(set) var memberships: [[Int]] = []
    /// How often hosts may still be listed; a host that is listed again takes time, too.
    private(set) var remainingListings = InventoryLimits.maximumListings
    private(set) var groups: [DraftGroup] = []
    private(set) var groupIndexes: [String: Int] = [:]

    static let all = 0
    static let ungrouped = 1

    init() {
        for name in ["all", "ungrouped"] {
            groupIndexes[name] = groups.count
            groups.append(DraftGroup(name: name))
        }
    }

    /// The group of that name; the first mention makes it.
    ///
    /// - Throws: where there are too many groups.
    mutating func addGroup(_ name: String, at location: SourceLocation) throws(Diagnostic) -> Int {
        let index = groupIndexes[name] ?? groups.count
        if index == groups.count {
            guard groups.count < InventoryLimits.maximumGroups else {
                throw Diagnostic("more than \(InventoryLimits.maximumGroups) groups", at: location)
            }
            groupIndexes[name] = index
            groups.append(DraftGroup(name: name))
        }
        if groups[index].location == nil { groups[index].location = location }
        return index
    }

    /// Puts a group under another one; circles come to light when all sources are read.
    ///
    /// - Throws: where the child is `all`.
    mutating func addChild(_ child: Int, to parent: Int, at location: SourceLocation) throws(Diagnostic) {
        guard child != Self.all else {
            throw Diagnostic("'all' holds every group and can't be a child", at: location)
        }
        guard groups[parent].childSet.insert(child).inserted else { return }
        groups[parent].children.append(Child(group: child, location: location))
    }

    /// Lists the hosts of one entry in a group.
    ///
    /// - Throws: where a host already has another port, or there are too many hosts.
    mutating func add(
        _ entry: HostEntry, variables: [String: Variable], to group: Int, at location: SourceLocation
    ) throws(Diagnostic) {
        remainingListings -= entry.names.count
        var ownVariables = variables
        if let port = entry.port, ownVariables["ansible_port"] == nil {
            ownVariables["ansible_port"] = Variable(text: "\(port)", at: location)
        }
        for name in entry.names {
            guard let index = hostIndexes[name] else {
                guard hosts.count < InventoryLimits.maximumHosts else {
                    throw HostNamePattern.tooManyHosts(at: location)
                }
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

    /// Sets variables of a host that is listed already; others are ignored.
    mutating func set(_ variables: [String: Variable], ofHost name: HostName) {
        guard let index = hostIndexes[name] else { return }
        hosts[index].variables.merge(variables) { $1 }
    }

    /// Sets a group's variable; `ansible_group_priority` is none.
    ///
    /// - Throws: where the priority is no whole number.
    mutating func set(_ name: String, _ variable: Variable, ofGroup group: Int) throws(Diagnostic) {
        guard name == "ansible_group_priority" else {
            groups[group].variables[name] = variable
            return
        }
        guard case .int(let priority) = Value(reading: variable.text) else {
            throw Diagnostic(
                "ansible_group_priority is '\(variable.text.printable(maximumBytes: 80))', not a whole number",
                at: variable.location)
        }
        groups[group].priority = priority
    }

    /// Ansible silently drops a port that is not given where the host is listed first.
    private func checkPort(_ port: Int?, of host: Host, at location: SourceLocation) throws(Diagnostic) {
        guard let port, host.variables["ansible_port"]?.value != .int(port) else { return }
        let place = host.location.file == location.file ? "line \(host.location.line)" : "\(host.location)"
        throw Diagnostic(
            "host '\(host.name)' is listed in \(place) without port \(port)", at: location,
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
