import FleetModel

/// Reads what an executable inventory prints for `--list`.
struct ScriptInventory {
    private(set) var draft: InventoryDraft
    private(set) var problems: ProblemList
    /// Where the output says nothing of hosts' variables: the hosts for each of which to run the script with `--host`.
    private(set) var hostsToAsk: [HostName] = []
    private var hosts: [HostName] = []

    init(_ root: DocumentNode, draft: InventoryDraft, problems: ProblemList) {
        (self.draft, self.problems) = (draft, problems)
        guard case .mapping(let entries) = root.content else {
            self.problems.add(
                Diagnostic(
                    "the script printed \(root.kind), not a dictionary of groups", at: root.location,
                    hint: #"for --list it prints such as {"web": {"hosts": ["web-1"]}}"#))
            return
        }
        for entry in entries where entry.name != "_meta" {
            attempt { reader throws(Diagnostic) in try reader.read(entry) }
        }
        guard let meta = entries.first(named: "_meta") else {
            hostsToAsk = hosts
            return
        }
        attempt { reader throws(Diagnostic) in try reader.readHostVariables(meta) }
    }

    private mutating func attempt(_ body: (inout Self) throws(Diagnostic) -> Void) {
        do throws(Diagnostic) { try body(&self) } catch { problems.add(error) }
    }

    /// Names that a program gives are taken as they are, if they can be printed.
    private mutating func group(_ name: String, at location: SourceLocation) throws(Diagnostic) -> Int {
        guard !name.isEmpty, name.utf8.count <= 1024, name == name.printable(), !name.contains("\n") else {
            throw Diagnostic("a group without a name that can be printed", at: location)
        }
        return try draft.addGroup(name, at: location)
    }

    private mutating func read(_ entry: DocumentNode.Entry) throws(Diagnostic) {
        let group = try group(entry.name, at: entry.location)
        guard case .mapping(let sections) = entry.node.content else {
            return try readHosts(entry.node, of: group, named: entry.shownName)
        }
        guard ["hosts", "vars", "children"].contains(where: { sections.first(named: $0) != nil }) else {
            return try readLoneHost(entry, sections, group: group)
        }
        if let hosts = sections.first(named: "hosts") { try readHosts(hosts.node, of: group, named: entry.shownName) }
        if let variables = sections.first(named: "vars") { try readVariables(variables.node, of: group) }
        guard let children = sections.first(named: "children") else { return }
        for (name, place) in try texts(children.node, "children of the group '\(entry.shownName)'") {
            let child = try self.group(name, at: place)
            try draft.addChild(child, to: group, at: place)
        }
    }

    private mutating func readHosts(_ node: DocumentNode, of group: Int, named name: String) throws(Diagnostic) {
        for (text, place) in try texts(node, "hosts of the group '\(name)'") {
            try add(text, to: group, at: place)
        }
    }

    private mutating func add(_ name: String, to group: Int, at place: SourceLocation) throws(Diagnostic) {
        let host = try HostEntry(name: name, at: place, maximumNames: draft.remainingListings)
        try draft.add(host, variables: [:], to: group, at: place)
        hosts += host.names
    }

    /// In the oldest form, a group that is none of the above is a host of that name with its variables.
    private mutating func readLoneHost(
        _ entry: DocumentNode.Entry, _ variables: [DocumentNode.Entry], group: Int
    ) throws(Diagnostic) {
        try add(entry.name, to: group, at: entry.location)
        for variable in variables {
            let variable = (variable.name, Variable(variable.node.value.markedUnsafe, at: variable.location))
            try draft.set(variable.0, variable.1, ofGroup: group)
        }
    }

    private mutating func readVariables(_ node: DocumentNode, of group: Int) throws(Diagnostic) {
        guard case .mapping(let entries) = node.content else {
            throw Diagnostic(
                "'vars' of the group '\(draft.groups[group].name)' is \(node.kind), not a dictionary", at: node.location
            )
        }
        for entry in entries { try draft.set(entry.name, entry.node.variable(at: entry.location), ofGroup: group) }
    }

    private mutating func readHostVariables(_ meta: DocumentNode.Entry) throws(Diagnostic) {
        guard case .mapping(let sections) = meta.node.content else {
            throw Diagnostic("'_meta' is \(meta.node.kind), not a dictionary", at: meta.node.location)
        }
        guard let variables = sections.first(named: "hostvars") else {
            throw Diagnostic(
                "'_meta' has no 'hostvars'", at: meta.node.location,
                hint: "print {\"_meta\": {\"hostvars\": {}}} at least")
        }
        guard case .mapping(let hosts) = variables.node.content else {
            throw Diagnostic("'hostvars' is \(variables.node.kind), not a dictionary", at: variables.node.location)
        }
        for host in hosts {
            attempt { reader throws(Diagnostic) in
                guard let name = HostName(host.name) else { return }
                reader.draft.set(try Self.variables(of: name, host.node), ofHost: name)
            }
        }
    }

    /// What the script prints for one host.
    static func variables(of host: HostName, _ node: DocumentNode) throws(Diagnostic) -> [String: Variable] {
        guard case .mapping(let entries) = node.content else {
            throw Diagnostic(
                "the variables of the host '\(host)' are \(node.kind), not a dictionary", at: node.location)
        }
        return entries.variables
    }

    private func texts(_ node: DocumentNode, _ what: String) throws(Diagnostic) -> [(String, SourceLocation)] {
        guard case .list(let items) = node.content else {
            throw Diagnostic("the \(what) are \(node.kind), not a list", at: node.location)
        }
        var texts: [(String, SourceLocation)] = []
        for item in items {
            guard case .scalar(.string(let text), _) = item.content else {
                throw Diagnostic("one of the \(what) is \(item.kind), not a string", at: item.location)
            }
            texts.append((text, item.location))
        }
        return texts
    }
}

extension Value {
    /// The same with all strings marked as no templates.
    fileprivate var markedUnsafe: Value {
        switch self {
        case .string(let text): return .unsafe(text)
        case .list(let items): return .list(items.map(\.markedUnsafe))
        case .dictionary(let entries):
            var marked = Entries()
            for (key, value) in entries { marked[key] = value.markedUnsafe }
            return .dictionary(marked)
        case .int, .double, .bool, .null, .unsafe, .encrypted: return self
        }
    }
}
