import FleetModel

/// How the groups hang together: an acyclic graph with `all` at its top; groups are known by their index.
struct GroupTree: Sendable {
    /// In the order in which the sources name them.
    private(set) var children: [[Int]]
    private(set) var parents: [[Int]]
    /// The longest way down from `all`.
    private(set) var depths: [Int]
    /// The place in the order of precedence: depth, then priority, then name; the greater overrides.
    private(set) var ranks: [Int] = []

    /// Circles are added to `problems`; the tree is then of no use.
    init(_ draft: InventoryDraft, problems: inout ProblemList) {
        let count = draft.groups.count
        children = Array(repeating: [], count: count)
        parents = Array(repeating: [], count: count)
        depths = Array(repeating: 0, count: count)
        connect(InventoryDraft.all, to: InventoryDraft.ungrouped)
        for (parent, group) in draft.groups.enumerated() {
            for child in group.children { connect(parent, to: child.group) }
        }
        for index in draft.groups.indices where index != InventoryDraft.all && parents[index].isEmpty {
            connect(InventoryDraft.all, to: index)
        }
        let walk = DepthFirstWalk(children: children)
        for circle in walk.circles { problems.add(Self.circleProblem(circle, draft: draft)) }
        setDepths(order: walk.parentsFirst)
        setRanks(draft)
    }

    private mutating func connect(_ parent: Int, to child: Int) {
        guard !parents[child].contains(parent) else { return }
        children[parent].append(child)
        parents[child].append(parent)
    }

    private mutating func setDepths(order: [Int]) {
        for group in order {
            for child in children[group] { depths[child] = max(depths[child], depths[group] + 1) }
        }
    }

    private mutating func setRanks(_ draft: InventoryDraft) {
        ranks = Array(repeating: 0, count: depths.count)
        let order = draft.groups.indices.sorted { left, right in
            let (first, second) = (draft.groups[left], draft.groups[right])
            let (one, other) = ((depths[left], first.priority), (depths[right], second.priority))
            // Ansible compares names by code point, so capitals come first.
            return one == other ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8) : one < other
        }
        for (rank, group) in order.enumerated() { ranks[group] = rank }
    }

    /// The groups and all above them, those that override last.
    func withAncestors(_ groups: [Int]) -> [Int] {
        reachable(from: groups, by: parents).sorted { ranks[$0] < ranks[$1] }
    }

    /// The group, its children, their children and so on, level by level.
    func withDescendants(_ group: Int) -> [Int] { reachable(from: [group], by: children) }

    private func reachable(from groups: [Int], by edges: [[Int]]) -> [Int] {
        var found = groups
        var seen = Set(groups)
        var next = 0
        while next < found.count {
            for group in edges[found[next]] where seen.insert(group).inserted { found.append(group) }
            next += 1
        }
        return found
    }

    private static func circleProblem(_ circle: [Int], draft: InventoryDraft) -> Diagnostic {
        let names = circle.map { draft.groups[$0].name }
        let shown = names.prefix(InventoryLimits.maximumNamesInMessage).joined(separator: " > ")
        let rest = names.count > InventoryLimits.maximumNamesInMessage ? " > … > \(names[0])" : " > \(names[0])"
        let closing = circle.last.flatMap { last in draft.groups[last].children.first { $0.group == circle.first } }
        return Diagnostic(
            "group '\(names[0])' contains itself: \(shown)\(rest)", at: closing?.location,
            hint: "take one of these groups out of the other's children")
    }
}
