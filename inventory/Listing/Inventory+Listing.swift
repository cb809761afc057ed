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
        groups["_meta"] = .dictionary(["hostvars": .dictionary(hostVariables), "profile": .string("inventory_legacy")])
        return JSONText.indented(.dictionary(groups))
    }

    /// The host's variables as JSON (`--host`).
    public func listing(of host: HostName) -> String { JSONText.indented(.dictionary(shownVariables(of: host))) }

    /// Groups and hosts as a tree (`--graph`), with their variables if `showsVariables`.
    ///
    /// - Throws: where there is no such group, or the tree is larger than ``InventoryLimits/maximumGraphBytes``.
    public func graph(of group: String, showsVariables: Bool = false) throws(Diagnostic) -> String {
        guard let index = groupIndexes[group] else {
            let names = groups.prefix(InventoryLimits.maximumGroupSuggestions).map(\.name)
            throw Diagnostic(
                "unknown group '\(group.printable(maximumBytes: 200))'\(didYouMean(group, among: names))",
                hint: "--graph shows one group and what is below it")
        }
        var text = ""
        addGraph(of: index, depth: 0, showsVariables: showsVariables, to: &text)
        guard text.utf8.count <= InventoryLimits.maximumGraphBytes else {
            throw Diagnostic(
                "the graph is larger than \(InventoryLimits.maximumGraphBytes >> 20) MiB",
                hint: "name a smaller group, or use --list")
        }
        return String(text.dropLast())
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

    private func addGraph(of index: Int, depth: Int, showsVariables: Bool, to text: inout String) {
        // A group is shown below each of its parents, so that a few lines can make a tree without end.
        guard text.utf8.count <= InventoryLimits.maximumGraphBytes else { return }
        let group = groups[index]
        text += Self.branch("@\(group.name):", depth: depth)
        for child in tree.children[index] {
            addGraph(of: child, depth: depth + 1, showsVariables: showsVariables, to: &text)
        }
        for host in index == InventoryDraft.all ? [] : group.hosts {
            text += Self.branch(host.text, depth: depth + 1)
            if showsVariables { addVariables(shownVariables(of: host), depth: depth + 2, to: &text) }
        }
        if showsVariables {
            var variables = Self.shown(variables(ofGroup: group.name))
            if group.priority != 1 { variables["ansible_group_priority"] = .int(group.priority) }
            addVariables(variables, depth: depth + 1, to: &text)
        }
    }

    private func addVariables(_ variables: Value.Entries, depth: Int, to text: inout String) {
        for (name, value) in variables.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            text += Self.branch("{\(name) = \(PythonText.string(value))}", depth: depth)
        }
    }

    private static func branch(_ text: String, depth: Int) -> String {
        (depth == 0 ? text : String(repeating: "  |", count: depth) + "--" + text) + "\n"
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
