import FleetModel

/// Reads groups, hosts and variables from YAML, or JSON of the same shape.
struct YAMLInventory {
    private(set) var draft: InventoryDraft
    private(set) var problems: ProblemList

    init(_ root: DocumentNode?, file: String, draft: InventoryDraft, problems: ProblemList) {
        (self.draft, self.problems) = (draft, problems)
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root, !root.isNull else {
            self.problems.add(Diagnostic("the inventory is empty", at: start, hint: Self.shape))
            return
        }
        guard case .mapping(let groups) = root.content else {
            self.problems.add(
                Diagnostic(
                    "an inventory in YAML is a dictionary, and this is \(root.kind)", at: root.location,
                    hint: Self.shape))
            return
        }
        if let plugin = groups.first(named: "plugin") {
            self.problems.add(Self.plugin(plugin))
            return
        }
        for group in groups { read(group, below: nil) }
    }

    private static let shape = "write groups with hosts, vars and children: all: {hosts: {web1: {}}}"

    private static func plugin(_ entry: DocumentNode.Entry) -> Diagnostic {
        let name = entry.node.variable(at: entry.location).text.printable(maximumBytes: 80)
        return Diagnostic(
            "this configures the inventory plugin '\(name)', which only Ansible can run", at: entry.location,
            hint: "use a script that prints what Ansible finds: exec ansible-inventory -i FILE --list")
    }

    /// A problem in one part leaves the others readable.
    private mutating func attempt(_ body: (inout Self) throws(Diagnostic) -> Void) {
        do throws(Diagnostic) { try body(&self) } catch { problems.add(error) }
    }

    private mutating func read(_ entry: DocumentNode.Entry, below parent: Int?) {
        attempt { reader throws(Diagnostic) in
            guard entry.isText else {
                throw Diagnostic(
                    "the group '\(entry.shownName)' is \(entry.node.kind == "a number" ? "a number" : "no text")",
                    at: entry.location, hint: "put its name in quotes")
            }
            let sections = try reader.sections(of: entry)
            try SectionHeader.checkGroupName(entry.name, at: entry.location)
            let group = try reader.draft.addGroup(entry.name, at: entry.location)
            for section in sections { try reader.read(section, of: group) }
            // Ansible knows the children of a group before the group's own parent.
            if let parent { try reader.draft.addChild(group, to: parent, at: entry.location) }
        }
    }

    private func sections(of group: DocumentNode.Entry) throws(Diagnostic) -> [DocumentNode.Entry] {
        if group.node.isNull { return [] }
        guard case .mapping(let sections) = group.node.content else {
            throw Diagnostic(
                "the group '\(group.shownName)' is \(group.node.kind), not a dictionary", at: group.node.location,
                hint: "below a group stand hosts, vars and children")
        }
        return sections
    }

    private mutating func read(_ section: DocumentNode.Entry, of group: Int) throws(Diagnostic) {
        let names = ["hosts", "vars", "children"]
        guard names.contains(section.name) else {
            throw Diagnostic(
                "unknown key '\(section.name.printable(maximumBytes: 80))' in the group '\(draft.groups[group].name)'"
                    + didYouMean(section.name, among: names), at: section.location,
                hint:
                    "below a group stand hosts, vars and children; a host stands below 'hosts:', with a colon behind it"
            )
        }
        for entry in try entries(of: section, group: group) {
            switch section.name {
            case "hosts": attempt { reader throws(Diagnostic) in try reader.readHosts(entry, of: group) }
            case "vars":
                let variable = entry.node.variable(at: entry.location)
                attempt { reader throws(Diagnostic) in try reader.draft.set(entry.name, variable, ofGroup: group) }
            default: read(entry, below: group)
            }
        }
    }

    /// A lone word stands for one host or child without anything below it.
    private func entries(of section: DocumentNode.Entry, group: Int) throws(Diagnostic) -> [DocumentNode.Entry] {
        switch section.node.content {
        case .mapping(let entries): return entries
        case .scalar(.null, _): return []
        case .scalar(.string(let name), _):
            let nothing = DocumentNode(.scalar(.null, text: ""), at: section.node.location)
            return [.init(name: name, isText: true, location: section.node.location, node: nothing)]
        default:
            throw Diagnostic(
                "'\(section.name)' of the group '\(draft.groups[group].name)' is \(section.node.kind), "
                    + "not a dictionary",
                at: section.node.location, hint: "write each name with a colon behind it: web1:")
        }
    }

    private mutating func readHosts(_ entry: DocumentNode.Entry, of group: Int) throws(Diagnostic) {
        guard entry.isText else {
            throw Diagnostic(
                "the host '\(entry.shownName)' is no text", at: entry.location, hint: "put its name in quotes")
        }
        let hosts = try HostEntry(entry.name, at: entry.location, maximumNames: draft.remainingListings)
        var variables: [String: Variable] = [:]
        switch entry.node.content {
        case .mapping(let entries): variables = entries.variables
        case .scalar(.null, _): break
        default:
            throw Diagnostic(
                "the variables of the host '\(entry.shownName)' are \(entry.node.kind), not a dictionary",
                at: entry.node.location, hint: "write 'name: value' lines below the host")
        }
        try draft.add(hosts, variables: variables, to: group, at: entry.location)
    }
}
