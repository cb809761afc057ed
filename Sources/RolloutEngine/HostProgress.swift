import FleetModel

/// Where one host is in the rollout.
public struct HostProgress: Hashable, Sendable {
    /// Valid transitions are:
    ///  - waiting → staging, skipped
    ///  - staging → staged, failed, skipped
    ///  - staged → draining (behind a balancer), activating; readmitting, reverting (what an earlier attempt has left)
    ///  - draining → activating, staged (interrupted, or on the way back), readmitting (it could not be drained)
    ///  - activating → watching, failed, reverting (once the activation has ended)
    ///  - watching → admitting (behind a balancer), healthy, failed, reverting
    ///  - admitting → healthy, failed
    ///  - healthy → drainingBack, reverting
    ///  - failed, reverted, stuck → staging, staged (a person has it retried)
    ///  - failed → drainingBack, reverting, readmitting
    ///  - drainingBack → reverting, readmitting (it could not be drained)
    ///  - reverting → watchingReverted, readmitting, reverted, stuck
    ///  - watchingReverted → readmitting, reverted, stuck
    ///  - readmitting → reverted, failed, staged, skipped, stuck
    ///  - reverted → staged (the way back was a rehearsal)
    public enum Phase: String, Hashable, Sendable, Codable {
        case waiting, staging, staged, draining, activating, watching, admitting, healthy, failed
        case drainingBack, reverting, watchingReverted, reverted
        /// It gets its traffic again with what it ran before.
        case readmitting
        /// A person has it left out.
        case skipped
        /// It took the traffic before others did, and was stopped when they had taken over.
        case retired
        /// Restoring it failed: it needs hands.
        case stuck
        /// Nothing is to be changed: it runs the release already, or keeps what it runs.
        case current
        /// It could not be reached before anything began, and is left out.
        case offline
    }

    public let planned: PlannedHost
    /// The batch it belongs to, counted from 0; nil where nothing is to be done.
    public let batch: Int?
    public internal(set) var phase: Phase
    /// Counted from 1; each retry is a new one.
    public internal(set) var attempt = 1
    /// An activation was asked for, so `current` may have changed.
    public internal(set) var isChanged = false
    /// An earlier attempt changed it, and it was restored.
    var wasRestored = false
    /// An earlier attempt left it out of service, or nobody knows; nil where it is as it was found.
    var isLeftOut: Bool?
    /// It was healthy and could not be drained on the way back, so it serves on with the release.
    var isLeftServing = false
    /// The release lies on it.
    var isStaged = false
    /// It takes traffic that balancers share out, and is drained before it changes.
    let isBalanced: Bool
    /// It was taken out of the traffic and has not been verified to be back.
    public internal(set) var isWithdrawn = false
    /// Every balancer was read back: it gets nothing.
    var isDrained = false
    /// Where it stands once it has its traffic back.
    var destination = Phase.reverted
    /// A person has it left out.
    public internal(set) var isSkipped = false
    var isRetirementAsked = false
    /// Why what it ran before could not be stopped; the release is not to blame.
    public internal(set) var retirementFailure: HostFailure?
    /// Why it failed, or why it could not be restored; stays when it has been restored.
    public internal(set) var failure: HostFailure?
    /// The operation that has not been answered yet.
    public internal(set) var pending: HostOperation?
    /// What it was seen to run at the end.
    public internal(set) var observation: HostObservation?

    init(planned: PlannedHost, batch: Int?, isBalanced: Bool) {
        self.planned = planned
        self.batch = batch
        self.isBalanced = isBalanced && !planned.isIdle
        phase = planned.isOffline ? .offline : batch == nil ? .current : .waiting
    }

    /// Out of service, or not known to be in it.
    public var isUnavailable: Bool {
        if planned.isIdle { return false }
        if isWithdrawn { return true }
        return switch phase {
        case .current, .reverted, .skipped, .retired: planned.isSick
        case .waiting, .staging, .staged: isLeftOut ?? planned.isSick
        case .healthy: false
        case .draining, .activating, .watching, .admitting, .drainingBack, .reverting, .watchingReverted,
            .readmitting, .offline:
            true
        case .stuck: !isLeftServing
        // Staging changes nothing that runs, but nobody knows of a host that has gone.
        case .failed: isChanged || isLeftOut ?? planned.isSick || failure?.kind == .unreachable
        }
    }

    /// Nothing more happens to it while the rollout goes forward.
    var isSettled: Bool {
        switch phase {
        case .healthy, .failed, .reverted, .stuck, .current, .offline, .skipped, .retired: true
        default: false
        }
    }

    /// It failed, and nothing is being done about that.
    public var canBeRetried: Bool {
        batch != nil && failure != nil && pending == nil && [.failed, .reverted, .stuck].contains(phase)
    }

    /// It is down already, or takes no traffic, so that changing it costs no capacity.
    var isFree: Bool { isUnavailable || planned.isIdle }

    /// Nobody has asked for its traffic yet.
    var isToBeAdmitted: Bool { pending == nil && (phase == .admitting || phase == .readmitting) }

    /// It may run what the plan wants gone on the way back, and nothing is being done about that.
    var isToBeRestored: Bool {
        switch phase {
        case .watching, .healthy: true
        case .admitting: pending == nil
        case .failed, .staged: isChanged
        default: false
        }
    }

    /// Never changed, and out of the traffic for nothing.
    var isWithdrawnInVain: Bool { isWithdrawn && !isChanged && (phase == .staged || phase == .failed) }

    /// Started, not yet healthy or failed.
    var isInFlight: Bool { [.draining, .activating, .watching, .admitting].contains(phase) }
}
