import FleetModel

/// The hosts of a rollout in the plan's order, found by name in constant time.
struct HostTable: Sendable {
    private(set) var all: [HostProgress]
    private let indices: [HostName: Int]

    init(of plan: RolloutPlan) {
        let batches = Dictionary(
            plan.batches.enumerated().flatMap { batch, names in names.map { ($0, batch) } },
            uniquingKeysWith: { first, _ in first }
        )
        all = plan.hosts.map { HostProgress(planned: $0, batch: batches[$0.name]) }
        indices = Dictionary(
            plan.hosts.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// Nil for a host that is not selected; setting one then does nothing.
    subscript(name: HostName) -> HostProgress? {
        get { indices[name].map { all[$0] } }
        set {
            guard let index = indices[name], let newValue else { return }
            all[index] = newValue
        }
    }
}
