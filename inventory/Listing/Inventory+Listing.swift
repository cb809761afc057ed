import FleetModel

/// What `ansible-inventory` prints, to the byte.
extension Inventory {
    /// Groups and the variables of hosts as JSON (`--list`); only hosts in `selected`, where that is given.
    public func list(only selected: Set<HostName>? = nil) -> String {
        var groups = Value.Entries()
        addListing(of: InventoryDraft.all, only: selected, to: &groups)
        var hostVariables = Value.Entries()
        for host in hosts where selected?.contains(host.name) != false {
            let variables = shownVariables(of: host.name)
            if !variables.isEmpty { hostVariables[host.name.text] = .dictionary(variables) }
        }
        groups["_meta"] = ["hostvars": .dictionary(hostVariables), "profile": .string("inventory_legacy")]
        return JSONText.indented(.dictionary(groups))
    }

    /// The host's variables as JSON (`--host`).
    public func listing(of host: HostName) -> String { JSONText.indented(.dictionary(shownVariables(of: host))) }

    /// Groups and hosts as a tree (`--graph`), with their variables if `showsVariables`; nil where there is no such
    /// group.
    public func graph(of group: String, showsVariables: Bool = false) -> String? {
        guard let index = groupIndexes[group] else { return nil }
        var lines: [String] = []
        addGraph(of: index, depth: 0, showsVariables: showsVariables, to: &lines)
        return lines.joined(separator: "\n")
    }

    /// Children are listed once, wherever they stand; groups with nothing in them not at all.
    private func addListing(of index: Int, only selected: Set<HostName>?, to groups: inout Value.Entries) {
        var waiting = [index]
        var seen: Set<Int> = []
        while let index = waiting.popLast() {
            guard seen.insert(index).inserted else { continue }
            let group = self.groups[index]
            var listing = Value.Entries()
            let listed = index == InventoryDraft.all ? [] : group.hosts.filter { selected?.contains($0) != false }
            if !listed.isEmpty { listing["hosts"] = .list(listed.map { .string($0.text) }) }
            if !group.children.isEmpty { listing["children"] = .list(group.children.map { .string($0) }) }
            if !listing.isEmpty { groups[group.name] = .dictionary(listing) }
            waiting += tree.children[index].filter { !seen.contains($0) }
        }
    }

    private func addGraph(of index: Int, depth: Int, showsVariables: Bool, to lines: inout [String]) {
        let group = groups[index]
        lines.append(Self.branch("@\(group.name):", depth: depth))
        for child in tree.children[index] {
            addGraph(of: child, depth: depth + 1, showsVariables: showsVariables, to: &lines)
        }
        for host in index == InventoryDraft.all ? [] : group.hosts {
            lines.append(Self.branch(host.text, depth: depth + 1))
            if showsVariables { addVariables(shownVariables(of: host), depth: depth + 2, to: &lines) }
        }
        if showsVariables {
            var variables = Self.shown(variables(ofGroup: group.name))
            if group.priority != 1 { variables["ansible_group_priority"] = .int(group.priority) }
            addVariables(variables, depth: depth + 1, to: &lines)
        }
    }

    private func addVariables(_ variables: Value.Entries, depth: Int, to lines: inout [String]) {
        for (name, value) in variables.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            lines.append(Self.branch("{\(name) = \(PythonText.string(value))}", depth: depth))
        }
    }

    private static func branch(_ text: String, depth: Int) -> String {
        depth == 0 ? text : String(repeating: "  |", count: depth) + "--" + text
    }

    private func shownVariables(of host: HostName) -> Value.Entries { Self.shown(variables(of: host)) }

    private static func shown(_ variables: [String: Variable]) -> Value.Entries {
        var shown = Value.Entries()
        for (name, variable) in variables where !internalNames.contains(name) { shown[name] = variable.value }
        return shown
    }

    /// Names that Ansible sets itself, and so never shows (`INTERNAL_STATIC_VARS`).
    private static let internalNames: Set = [
        "ansible_async_path", "ansible_collection_name", "ansible_config_file", "ansible_dependent_role_names",
        "ansible_diff_mode", "ansible_facts", "ansible_forks", "ansible_inventory_sources", "ansible_limit",
        "ansible_play_batch", "ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_role_names",
        "ansible_playbook_python", "ansible_role_name", "ansible_role_names", "ansible_run_tags", "ansible_skip_tags",
        "ansible_verbosity", "ansible_version", "group_names", "groups", "hostvars", "inventory_dir", "inventory_file",
        "inventory_hostname", "inventory_hostname_short", "play_hosts", "playbook_dir", "role_name", "role_names",
        "role_path", "role_uuid",
    ]
}
