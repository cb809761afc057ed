import FleetModel

/// A fleet as an INI inventory describes it: hosts, groups, variables. `GRAMMAR.md` has the whole grammar.
public struct Inventory: Sendable {
    /// Every host once, in the order of the file.
    public let hosts: [Host]
    /// `all`, `ungrouped`, then the file's groups in its order.
    public let groups: [Group]

    let hostIndexes: [HostName: Int]
    let groupIndexes: [String: Int]
    let tree: GroupTree
    /// The groups in which each host is listed, by the host's index.
    private let memberships: [[Int]]
    /// The hosts listed in each group, by the group's index.
    private let listedHosts: [[Int]]

    /// Reads an inventory.
    ///
    /// - Parameters:
    ///   - text: the whole file.
    ///   - file: its name, for messages.
    /// - Throws: everything that is wrong with it, up to ``InventoryLimits/maximumProblems``.
    public init(text: String, file: String) throws(Diagnostics) {
        let parser = InventoryParser(text: text, file: file)
        let draft = parser.draft
        var problems = parser.problems
        tree = GroupTree(draft, problems: &problems)
        hosts = draft.hosts
        hostIndexes = draft.hostIndexes
        groupIndexes = draft.groupIndexes
        memberships = draft.memberships
        listedHosts = draft.groups.map(\.hosts)
        groups = Self.groups(of: draft, tree: tree)
        if problems.isEmpty { checkNames(&problems) }
        if !problems.isEmpty { throw problems.diagnostics }
    }

    /// The host of that name.
    public func host(_ name: HostName) -> Host? { hostIndexes[name].map { hosts[$0] } }

    /// The group of that name.
    public func group(_ name: String) -> Group? { groupIndexes[name].map { groups[$0] } }

    /// All groups that the host is in, directly or by a child: `all` first, the one that overrides the others last.
    public func groups(of name: HostName) -> [String] { groupsByPrecedence(of: name).map { groups[$0].name } }

    /// What is set for the host: its own variables over those of its groups, deeper groups over those above them.
    public func variables(of name: HostName) -> [String: Variable] {
        guard let index = hostIndexes[name] else { return [:] }
        var variables: [String: Variable] = [:]
        for group in groupsByPrecedence(of: name) { variables.merge(groups[group].variables) { $1 } }
        return variables.merging(hosts[index].variables) { $1 }
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
            problems.add(
                Diagnostic(
                    "'\(group.name)' is both a group and a host (line \(hosts[host].location.line))",
                    at: group.location ?? hosts[host].location, hint: "rename one of them"))
        }
    }
}
