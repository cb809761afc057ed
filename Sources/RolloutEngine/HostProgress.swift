import FleetModel

/// Where one host is in the rollout.
public struct HostProgress: Hashable, Sendable {
    /// Valid transitions are:
    ///  - waiting → staging
    ///  - staging → staged, failed
    ///  - staged → activating
    ///  - activating → watching, failed, reverting (once the activation has ended)
    ///  - watching → healthy, failed, reverting
    ///  - healthy → reverting
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
    }

    public let planned: PlannedHost
    /// The batch it belongs to, counted from 0; nil where nothing is to be done.
    public let batch: Int?
    public internal(set) var phase: Phase
    /// An activation was asked for, so `current` may have changed.
    public internal(set) var isChanged = false
    /// Why it failed, or why it could not be restored; stays when it has been restored.
    public internal(set) var failure: HostFailure?
    /// The operation that has not been answered yet.
    public internal(set) var pending: HostOperation?
    /// What it was seen to run at the end.
    public internal(set) var observation: HostObservation?

    init(planned: PlannedHost, batch: Int?) {
        self.planned = planned
        self.batch = batch
        phase = batch == nil ? .current : .waiting
    }

    /// Out of service, or not known to be in it.
    public var isUnavailable: Bool {
        switch phase {
        case .waiting, .staging, .staged, .current, .reverted: planned.isSick
        case .healthy: false
        case .activating, .watching, .reverting, .watchingReverted, .stuck: true
        // Staging changes nothing that runs, but nobody knows of a host that has gone.
        case .failed: isChanged || planned.isSick || failure?.kind == .unreachable
        }
    }

    /// Nothing more happens to it while the rollout goes forward.
    var isSettled: Bool {
        switch phase {
        case .healthy, .failed, .reverted, .stuck, .current: true
        default: false
        }
    }

    /// Started, not yet healthy or failed.
    var isInFlight: Bool { phase == .activating || phase == .watching }
}
