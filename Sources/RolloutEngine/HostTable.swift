import FleetModel

/// The hosts of a rollout in the plan's order, found by name and counted in constant time, so that an event costs the
/// same in a small fleet and in a large one.
struct HostTable: Sendable {
    private(set) var all: [HostProgress]
    /// Of all hosts.
    private(set) var total = HostTally()
    /// Of each batch's hosts.
    private(set) var batches: [HostTally]
    private let indices: [HostName: Int]

    init(of plan: RolloutPlan) {
        let membership = Dictionary(
            plan.batches.enumerated().flatMap { batch, names in names.map { ($0, batch) } },
            uniquingKeysWith: { first, _ in first }
        )
        all = plan.hosts.map { HostProgress(planned: $0, batch: membership[$0.name]) }
        batches = plan.batches.map { _ in HostTally() }
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

    private mutating func count(_ index: Int, by step: Int) {
        total.count(all[index], by: step)
        if let batch = all[index].batch { batches[batch].count(all[index], by: step) }
    }
}

/// How many hosts are in a state that the engine decides by.
struct HostTally: Sendable {
    private(set) var unavailable = 0
    private(set) var unsettled = 0
    private(set) var inFlight = 0
    private(set) var staged = 0
    /// Staged, and out of service already.
    private(set) var stagedDown = 0
    private(set) var watching = 0
    private(set) var healthy = 0
    /// Failed after an activation was asked for.
    private(set) var failedChanged = 0
    /// Changed by an earlier attempt, and waiting for the next.
    private(set) var stagedChanged = 0
    /// Operations that have not been answered yet.
    private(set) var pending = PendingTally()

    mutating func count(_ host: HostProgress, by step: Int) {
        if host.isUnavailable { unavailable += step }
        if !host.isSettled { unsettled += step }
        if host.isInFlight { inFlight += step }
        switch host.phase {
        case .staged:
            staged += step
            if host.isUnavailable { stagedDown += step }
            if host.isChanged { stagedChanged += step }
        case .watching: watching += step
        case .healthy: healthy += step
        case .failed: if host.isChanged { failedChanged += step }
        default: break
        }
        if let operation = host.pending { pending.count(operation, by: step) }
    }
}

/// How many operations have not been answered yet.
struct PendingTally: Sendable {
    private(set) var all = 0
    private(set) var stages = 0
    /// Activations and restorations.
    private(set) var switches = 0
    /// Waits for health, after either.
    private(set) var watches = 0
    /// Drains and admissions.
    private(set) var shifts = 0
    private(set) var retirements = 0
    private(set) var inspections = 0
    private(set) var farewells = 0

    mutating func count(_ operation: HostOperation, by step: Int) {
        all += step
        switch operation {
        case .stage: stages += step
        case .activate, .revert: switches += step
        case .watch, .watchReverted: watches += step
        case .drain, .admit: shifts += step
        case .retire: retirements += step
        case .inspect: inspections += step
        case .finish: farewells += step
        }
    }
}
