import FleetModel

/// A fleet as its inventories describe it: hosts, groups, variables. `GRAMMAR.md` has the whole grammar.
public struct Inventory: Sendable {
    /// Every host once, in the order of the sources.
    public let hosts: [Host]
    /// `all`, `ungrouped`, then the other groups in the order of the sources.
    public let groups: [Group]
    /// The files of `group_vars` and `host_vars` that ansible-vault has encrypted as a whole: their variables are not
    /// known.
    public let encryptedFiles: [String]

    let hostIndexes: [HostName: Int]
    let groupIndexes: [String: Int]
    let tree: GroupTree
    /// What `group_vars` and `host_vars` set: those beside each source, in their order, then the current folder's.
    private let layers: [VariableLayer]
    /// The groups in which each host is listed, by the host's index.
    private let memberships: [[Int]]
    /// The hosts listed in each group, by the group's index.
    private let listedHosts: [[Int]]

    /// Reads an inventory of one INI file.
    ///
    /// - Parameters:
    ///   - text: the whole file.
    ///   - file: its name, for messages.
    /// - Throws: everything that is wrong with it, up to ``InventoryLimits/maximumProblems``.
    public init(text: String, file: String) throws(Diagnostics) {
        var builder = InventoryBuilder()
        builder.addFile(text, file: file, format: .ini)
        self = try builder.build()
    }

    init(
        _ draft: InventoryDraft, layers: [VariableLayer], encryptedFiles: [String], problems: ProblemList
    ) throws(Diagnostics) {
        var draft = draft
        draft.settleUngrouped()
        var problems = problems
        tree = GroupTree(draft, problems: &problems)
        hosts = draft.hosts
        hostIndexes = draft.hostIndexes
        groupIndexes = draft.groupIndexes
        memberships = draft.memberships
        listedHosts = draft.groups.map(\.hosts)
        groups = Self.groups(of: draft, tree: tree)
        self.layers = layers
        self.encryptedFiles = encryptedFiles
        if problems.isEmpty { checkNames(&problems) }
        if !problems.isEmpty { throw problems.diagnostics }
    }

    /// The host of that name.
    public func host(_ name: HostName) -> Host? { hostIndexes[name].map { hosts[$0] } }

    /// The group of that name.
    public func group(_ name: String) -> Group? { groupIndexes[name].map { groups[$0] } }

    /// All groups that the host is in, directly or by a child: `all` first, the one that overrides the others last.
    public func groups(of name: HostName) -> [String] { groupsByPrecedence(of: name).map { groups[$0].name } }

    /// What is set for the host, in Ansible's order of precedence: inline variables of `all` and of the deeper groups,
    /// then the files of `group_vars`, first `all`'s, then the host's inline ones, then its files of `host_vars`.
    public func variables(of name: HostName) -> [String: Variable] {
        guard let index = hostIndexes[name] else { return [:] }
        let path = groupsByPrecedence(of: name)
        var variables: [String: Variable] = [:]
        for group in path { variables.merge(groups[group].variables) { $1 } }
        for layer in layers { variables.merge(layer.variables(ofGroup: InventoryDraft.all)) { $1 } }
        for layer in layers {
            for group in path where group != InventoryDraft.all {
                variables.merge(layer.variables(ofGroup: group)) { $1 }
            }
        }
        variables.merge(hosts[index].variables) { $1 }
        for layer in layers { variables.merge(layer.variables(ofHost: index)) { $1 } }
        return variables
    }

    /// What is set for the group itself: inline, and in the files of `group_vars` beside the inventories.
    public func variables(ofGroup name: String) -> [String: Variable] {
        guard let index = groupIndexes[name] else { return [:] }
        return layers.filter(\.isBesideInventory).reduce(into: groups[index].variables) {
            $0.merge($1.variables(ofGroup: index)) { $1 }
        }
    }

    private func groupsByPrecedence(of name: HostName) -> [Int] {
        hostIndexes[name].map { tree.withAncestors(memberships[$0]) } ?? []
    }

    /// The hosts of the group and of all groups below it, each once: its own first, then level by level.
    func members(ofGroup group: Int) -> [Int] {
        if group == InventoryDraft.all { return Array(hosts.indices) }
        var seen = Set<Int>()
        return tree.withDescendants(group).flatMap { listedHosts[$0] }.filter { seen.insert($0).inserted }
    }

    private static func groups(of draft: InventoryDraft, tree: GroupTree) -> [Group] {
        draft.groups.enumerated().map { index, group in
            Group(
                name: group.name, location: group.location, hosts: group.hosts.map { draft.hosts[$0].name },
                children: tree.children[index].map { draft.groups[$0].name }, variables: group.variables,
                priority: group.priority, depth: tree.depths[index])
        }
    }

    /// A group may be called like a host only if it holds just that host; else a pattern would be ambiguous.
    private func checkNames(_ problems: inout ProblemList) {
        for (index, group) in groups.enumerated() {
            guard let name = HostName(group.name), let host = hostIndexes[name], members(ofGroup: index) != [host]
            else {
                continue
            }
            let (place, other) = (group.location ?? hosts[host].location, hosts[host].location)
            problems.add(
                Diagnostic(
                    "'\(group.name)' is both a group and a host "
                        + "(\(other.file == place.file ? "line \(other.line)" : "\(other)"))",
                    at: place, hint: "rename one of them"))
        }
    }
}
