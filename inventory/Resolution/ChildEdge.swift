import FleetModel

/// One line of a `:children` section, its group found.
struct ChildEdge {
    var parent: Int
    var child: Int
    var location: SourceLocation
    /// The line from which on Ansible knows the edge.
    private var knownAt: Int

    /// All edges in the order in which Ansible knows them; lines that name no group are reported.
    static func edges(of draft: InventoryDraft, problems: inout ProblemList) -> [ChildEdge] {
        var edges: [ChildEdge] = []
        for (parent, group) in draft.groups.enumerated() {
            if group.declaredAt == nil { problems.add(undeclared(group, in: draft)) }
            for reference in group.children {
                guard let edge = ChildEdge(reference, parent: parent, draft: draft) else {
                    problems.add(unusable(reference, parent: group.name, in: draft))
                    continue
                }
                edges.append(edge)
            }
        }
        return edges.sorted { ($0.knownAt, $0.location.line) < ($1.knownAt, $1.location.line) }
    }

    /// Nil where the line names no group, or `all`.
    private init?(_ reference: InventoryDraft.ChildReference, parent: Int, draft: InventoryDraft) {
        guard let child = draft.groupIndexes[reference.name], child != InventoryDraft.all,
            let declaredAt = draft.groups[child].declaredAt
        else { return nil }
        (self.parent, self.child, location) = (parent, child, reference.location)
        let isSeen = (draft.groups[child].location?.line ?? 0) < location.line
        knownAt = isSeen ? location.line : max(declaredAt, location.line)
    }

    private static func unusable(
        _ reference: InventoryDraft.ChildReference, parent: String, in draft: InventoryDraft
    ) -> Diagnostic {
        let name = reference.name
        if name == "all" {
            return Diagnostic("'all' holds every group and can't be a child", at: reference.location)
        }
        let isHost = HostName(name).map { draft.hostIndexes[$0] != nil } ?? false
        let hint =
            isHost
            ? "'\(name)' is a host: list it under [\(parent)]"
            : "add a section [\(name)], even an empty one, or take the line out"
        return Diagnostic(
            "unknown group '\(name)'\(didYouMean(name, among: declaredNames(in: draft, except: parent)))",
            at: reference.location, hint: hint)
    }

    private static func undeclared(_ group: InventoryDraft.DraftGroup, in draft: InventoryDraft) -> Diagnostic {
        let suggestion = didYouMean(group.name, among: declaredNames(in: draft, except: group.name))
        return Diagnostic(
            "[\(group.name):vars] sets variables of unknown group '\(group.name)'\(suggestion)", at: group.location,
            hint: "add a section [\(group.name)] or [\(group.name):children]")
    }

    private static func declaredNames(in draft: InventoryDraft, except name: String) -> [String] {
        draft.groups.prefix(InventoryLimits.maximumGroupSuggestions)
            .filter { $0.declaredAt != nil && $0.name != name }.map(\.name)
    }
}
