import FleetModel
import RolloutEngine

/// What a person wants to go wrong in a virtual fleet; times are since the rollout's beginning.
public struct ChosenFaults: Hashable, Sendable {
    /// A host that goes away.
    public struct Outage: Hashable, Sendable {
        public var start: Duration
        /// Nil: it never comes back.
        public var end: Duration?
        /// What runs there stands still; otherwise just the link is gone.
        public var cutsPower: Bool

        public init(from start: Duration, until end: Duration? = nil, cutsPower: Bool) {
            (self.start, self.end, self.cutsPower) = (start, end, cutsPower)
        }
    }

    /// How much longer than others a host takes for everything.
    public enum Slowness: Hashable, Sendable {
        case times(Int)
        /// For each operation.
        case longer(Duration)
    }

    public var outages: [HostName: Outage] = [:]
    public var slowness: [HostName: Slowness] = [:]
    /// Hosts on which the release never gets healthy.
    public var sick: Set<HostName> = []
    /// From then on these balancers, counted from 0, take no word.
    public var balancerEnds: [Int: Duration] = [:]
    /// What these analyses tell; the others are well.
    public var verdicts: [AnalysisName: AnalysisVerdict] = [:]
    /// The coordinator dies; it is taken up again a minute later.
    public var coordinatorCrash: Duration?
    /// So long after the rollout begins to wait for a promotion it gets one; nil: never.
    public var promotion: Duration?

    /// Nothing goes wrong, and nobody promotes.
    public init() {}
}
