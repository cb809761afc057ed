import FleetModel
import RolloutEngine

/// The hosts that an analysis looks at: those that run the release, and those that were left alone.
struct AnalysisSides: Hashable, Sendable {
    /// Fewer say nothing of how much hosts differ.
    static let minimumBaseline = 2
    /// More make no difference that is worth their answers.
    static let maximumBaseline = 100

    var canary: [HostName]
    var baseline: [HostName]

    var all: [HostName] { canary + baseline }

    /// As planned, once `changed` run the release.
    init(_ plan: RolloutPlan, changed: Set<HostName>) {
        self.init(plan, canary: { changed.contains($0) }, isUntouched: { !changed.contains($0) })
    }

    /// As they are now.
    init(_ engine: RolloutEngine) {
        let canary = Set(engine.hosts.filter { $0.isChanged && $0.phase == .healthy }.map(\.planned.name))
        let untouched = Set(engine.hosts.filter { !$0.isChanged && $0.failure == nil }.map(\.planned.name))
        self.init(engine.plan, canary: canary.contains, isUntouched: untouched.contains)
    }

    /// The baseline is of those that go last: they stay untouched the longest, so that it is the same at every step.
    private init(_ plan: RolloutPlan, canary: (HostName) -> Bool, isUntouched: (HostName) -> Bool) {
        self.canary = plan.hosts.map(\.name).filter(canary)
        let others = plan.hosts.filter { host in
            isUntouched(host.name) && !host.isOffline && !host.isSick && !host.isIdle && host.current != nil
                && host.currentDigest != plan.digest
        }
        baseline = others.suffix(Self.maximumBaseline).map(\.name)
    }
}
