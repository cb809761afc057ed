import FleetModel

/// The hosts of a rollout in the plan's order, found by name and counted in constant time, so that an event costs the
/// same in a small fleet and in a large one.
struct HostTable: Sendable {
    private(set) var all: [HostProgress]
    /// Of all hosts.
    private(set) var total = HostTally()
    /// Of each batch's hosts.
    private(set) var batches: [HostTally]
    /// For each promise of the policy about domains.
    private(set) var domains: [DomainTally]
    /// Where they are in `all`: a walk over all hosts at each admission would make large fleets slow.
    private(set) var toBeAdmitted: Set<Int> = []
    /// Those to be restored all are before it in `all`; they go from the last to the first, and it goes with them.
    private var restorationEnd = 0
    private let indices: [HostName: Int]

    init(of plan: RolloutPlan) {
        let membership = Dictionary(
            plan.batches.enumerated().flatMap { batch, names in names.map { ($0, batch) } },
            uniquingKeysWith: { first, _ in first }
        )
        let balanced = Set(plan.traffic?.members.map(\.host) ?? [])
        all = plan.hosts.map { host in
            HostProgress(planned: host, batch: membership[host.name], isBalanced: balanced.contains(host.name))
        }
        batches = plan.batches.map { _ in HostTally() }
        domains = plan.policy.domains.map(DomainTally.init)
        indices = Dictionary(
            plan.hosts.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }
        )
        for index in all.indices { count(index, by: 1) }
    }

    /// Nil for a host that is not selected.
    subscript(name: HostName) -> HostProgress? { indices[name].map { all[$0] } }

    /// Does nothing for a host that is not selected.
    mutating func update(_ name: HostName, _ change: (inout HostProgress) -> Void) {
        guard let index = indices[name] else { return }
        count(index, by: -1)
        change(&all[index])
        count(index, by: 1)
    }

    /// Where hosts to be restored may be in `all`.
    mutating func rangeToBeRestored() -> Range<Int> {
        while restorationEnd > 0, !all[restorationEnd - 1].isToBeRestored { restorationEnd -= 1 }
        return 0..<restorationEnd
    }

    private mutating func count(_ index: Int, by step: Int) {
        total.count(all[index], by: step)
        if all[index].isToBeAdmitted {
            if step > 0 { toBeAdmitted.insert(index) } else { toBeAdmitted.remove(index) }
        }
        if step > 0, all[index].isToBeRestored { restorationEnd = max(restorationEnd, index + 1) }
        if let batch = all[index].batch { batches[batch].count(all[index], by: step) }
        for promise in domains.indices { domains[promise].count(all[index], by: step) }
    }
}
