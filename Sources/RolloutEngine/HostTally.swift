/// How many hosts are in a state that the engine decides by.
struct HostTally: Sendable {
    private(set) var unavailable = 0
    private(set) var unsettled = 0
    private(set) var inFlight = 0
    private(set) var staged = 0
    /// Staged, and changing them costs no capacity.
    private(set) var stagedFree = 0
    private(set) var healthy = 0
    /// Failed after an activation was asked for.
    private(set) var failedChanged = 0
    /// Of those, the ones that a person has left out.
    private(set) var failedSkipped = 0
    private(set) var toBeAdmitted = 0
    private(set) var toBeRestored = 0
    /// To be restored, and doing so costs no capacity.
    private(set) var toBeRestoredFree = 0
    private(set) var withdrawnInVain = 0
    /// Operations that have not been answered yet.
    private(set) var pending = PendingTally()

    mutating func count(_ host: HostProgress, by step: Int) {
        if host.isUnavailable { unavailable += step }
        if !host.isSettled { unsettled += step }
        if host.isInFlight { inFlight += step }
        if host.isToBeAdmitted { toBeAdmitted += step }
        if host.isToBeRestored {
            toBeRestored += step
            if host.isFree { toBeRestoredFree += step }
        }
        if host.isWithdrawnInVain { withdrawnInVain += step }
        switch host.phase {
        case .staged:
            staged += step
            if host.isFree { stagedFree += step }
        case .healthy: healthy += step
        case .failed where host.isChanged:
            failedChanged += step
            if host.isSkipped { failedSkipped += step }
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
    private(set) var drains = 0
    private(set) var admissions = 0
    private(set) var retirements = 0
    private(set) var inspections = 0
    private(set) var farewells = 0

    mutating func count(_ operation: HostOperation, by step: Int) {
        all += step
        switch operation {
        case .stage: stages += step
        case .activate, .revert: switches += step
        case .watch, .watchReverted: watches += step
        case .drain: drains += step
        case .admit: admissions += step
        case .retire: retirements += step
        case .inspect: inspections += step
        case .finish: farewells += step
        }
    }
}
