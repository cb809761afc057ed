import FleetModel

/// Groups that an INI file names before, or without, their own section, as Ansible keeps them.
///
/// A child named before its own section counts from that section on, which decides the order of children.
struct PendingGroups {
    private enum State {
        /// `[name:vars]` alone makes no group.
        case variables(SourceLocation)
        case children([(parent: Int, location: SourceLocation)])
    }

    private var states: [String: State] = [:]
    private var order: [String] = []

    /// A header of the group; one that makes it ends the wait.
    mutating func meet(
        _ header: SectionHeader, isKnown: Bool, at location: SourceLocation, in draft: inout InventoryDraft
    ) throws(Diagnostic) {
        guard header.kind != .vars else {
            if !isKnown, states[header.group] == nil { wait(for: header.group, as: .variables(location)) }
            return
        }
        guard let state = states.removeValue(forKey: header.group), case .children(let parents) = state,
            let child = draft.groupIndexes[header.group]
        else { return }
        for (parent, location) in parents { try draft.addChild(child, to: parent, at: location) }
    }

    /// A line of a `:children` section whose group is not known yet.
    mutating func add(child: String, to parent: Int, at location: SourceLocation) {
        // Taken out while it grows: one child may be named in every line of a file.
        guard case .children(var parents)? = states.removeValue(forKey: child) else {
            return wait(for: child, as: .children([(parent, location)]))
        }
        parents.append((parent, location))
        states[child] = .children(parents)
    }

    private mutating func wait(for name: String, as state: State) {
        states[name] = state
        order.append(name)
    }

    /// What is still waited for when the file ends.
    func report(in draft: InventoryDraft, to problems: inout ProblemList) {
        for name in order {
            switch states[name] {
            case .variables(let location): problems.add(undeclared(name, at: location, in: draft))
            case .children(let parents):
                for (parent, location) in parents {
                    problems.add(unknown(name, below: draft.groups[parent].name, at: location, in: draft))
                }
            case nil: break
            }
        }
    }

    private func unknown(
        _ name: String, below parent: String, at location: SourceLocation, in draft: InventoryDraft
    ) -> Diagnostic {
        let isHost = HostName(name).map { draft.hostIndexes[$0] != nil } ?? false
        return Diagnostic(
            "unknown group '\(name)'\(didYouMean(name, among: knownNames(in: draft, except: parent)))", at: location,
            hint: isHost
                ? "'\(name)' is a host: list it under [\(parent)]"
                : "add a section [\(name)], even an empty one, or take the line out")
    }

    private func undeclared(_ name: String, at location: SourceLocation, in draft: InventoryDraft) -> Diagnostic {
        let suggestion = didYouMean(name, among: knownNames(in: draft, except: name))
        return Diagnostic(
            "[\(name):vars] sets variables of unknown group '\(name)'\(suggestion)", at: location,
            hint: "add a section [\(name)] or [\(name):children]")
    }

    private func knownNames(in draft: InventoryDraft, except name: String) -> [String] {
        draft.groups.prefix(InventoryLimits.maximumGroupSuggestions).map(\.name)
            .filter { $0 != name && states[$0] == nil }
    }
}
