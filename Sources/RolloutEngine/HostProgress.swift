import FleetModel

/// Where one host is in the rollout.
public struct HostProgress: Hashable, Sendable {
    /// Valid transitions are:
    ///  - waiting → staging
    ///  - staging → staged, failed
    ///  - staged → activating, reverting (where an earlier attempt changed it)
    ///  - activating → watching, failed, reverting (once the activation has ended)
    ///  - watching → healthy, failed, reverting
    ///  - healthy → reverting
    ///  - failed, reverted, stuck → staging, staged (a person has it retried)
    ///  - failed → reverting
    ///  - reverting → watchingReverted, reverted, stuck
    ///  - watchingReverted → reverted, stuck
    public enum Phase: String, Hashable, Sendable, Codable {
        case waiting, staging, staged, activating, watching, healthy, failed
        case reverting, watchingReverted, reverted
        /// Restoring it failed: it needs hands.
        case stuck
        /// It runs the release already.
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
    /// An earlier attempt left it out of service, or nobody knows.
    var isLeftOut = false
    /// The release lies on it.
    var isStaged = false
    /// Why it failed, or why it could not be restored; stays when it has been restored.
    public internal(set) var failure: HostFailure?
    /// The operation that has not been answered yet.
    public internal(set) var pending: HostOperation?
    /// What it was seen to run at the end.
    public internal(set) var observation: HostObservation?

    init(planned: PlannedHost, batch: Int?) {
        self.planned = planned
        self.batch = batch
        phase = planned.isOffline ? .offline : batch == nil ? .current : .waiting
    }

    /// Out of service, or not known to be in it.
    public var isUnavailable: Bool {
        switch phase {
        case .current, .reverted: planned.isSick
        case .waiting, .staging, .staged: planned.isSick || isLeftOut
        case .healthy: false
        case .activating, .watching, .reverting, .watchingReverted, .stuck, .offline: true
        // Staging changes nothing that runs, but nobody knows of a host that has gone.
        case .failed: isChanged || planned.isSick || isLeftOut || failure?.kind == .unreachable
        }
    }

    /// Nothing more happens to it while the rollout goes forward.
    var isSettled: Bool {
        switch phase {
        case .healthy, .failed, .reverted, .stuck, .current, .offline: true
        default: false
        }
    }

    /// It failed, and nothing is being done about that.
    public var canBeRetried: Bool {
        batch != nil && failure != nil && pending == nil && [.failed, .reverted, .stuck].contains(phase)
    }

    /// Started, not yet healthy or failed.
    var isInFlight: Bool { phase == .activating || phase == .watching }
}
