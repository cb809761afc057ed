import FleetModel

/// One line of a `:children` section, its group found.
struct ChildEdge {
    var parent: Int
    var child: Int
    var location: SourceLocation?
    /// The line from which on Ansible knows the edge.
    private var knownAt: Int

    /// All edges in the order in which Ansible knows them; lines that name no group are reported.
    static func edges(of draft: InventoryDraft, problems: inout ProblemList) -> [ChildEdge] {
        var edges: [ChildEdge] = []
        for (parent, group) in draft.groups.enumerated() {
            if group.declaredAt == nil { problems.add(undeclared(group, in: draft)) }
            for reference in group.children {
                do throws(Diagnostic) {
                    edges.append(try ChildEdge(reference, parent: parent, draft: draft))
                } catch {
                    problems.add(error)
                }
            }
        }
        return edges.sorted { ($0.knownAt, $0.location?.line ?? 0) < ($1.knownAt, $1.location?.line ?? 0) }
    }

    private init(_ reference: InventoryDraft.ChildReference, parent: Int, draft: InventoryDraft) throws(Diagnostic) {
        guard let child = draft.groupIndexes[reference.name], let declaredAt = draft.groups[child].declaredAt else {
            throw Self.unknown(reference, parent: draft.groups[parent].name, in: draft)
        }
        guard child != InventoryDraft.all else {
            throw Diagnostic("'all' holds every group and can't be a child", at: reference.location)
        }
        (self.parent, self.child, location) = (parent, child, reference.location)
        let isSeen = (draft.groups[child].location?.line ?? 0) < reference.location.line
        knownAt = isSeen ? reference.location.line : max(declaredAt, reference.location.line)
    }

    private static func unknown(
        _ reference: InventoryDraft.ChildReference, parent: String, in draft: InventoryDraft
    ) -> Diagnostic {
        let name = reference.name
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
        draft.groups.prefix(InventoryLimits.maximumSuggestionCandidates)
            .filter { $0.declaredAt != nil && $0.name != name }.map(\.name)
    }
}
