import FleetModel
import RolloutDriver
import RolloutEngine
import RolloutStore

/// How long a host takes from its restart, or its drain, until it is healthy.
struct HostTime {
    let duration: Duration
    /// Where that was measured; nil: assumed.
    let rollout: RolloutID?

    /// To stop and start a service and to pass its first check, where nothing is known.
    private static let assumedRestart = Duration.seconds(5)
    /// So many of the last rollouts are looked through.
    private static let searchLimit = 20

    /// The median of the last rollout of the service that measured it.
    init(of plan: RolloutPlan, measuredIn store: SQLiteStore?) {
        let records = (try? store?.rollouts(limit: Self.searchLimit)) ?? []
        for record in records where record.service == plan.service && record.endedAt != nil {
            guard let store, let median = Self.median(of: record, in: store) else { continue }
            (duration, rollout) = (median, record.id)
            return
        }
        (duration, rollout) = (Self.assumedRestart + plan.policy.minimumHealthyTime, nil)
    }

    private static func median(of record: RolloutRecord, in store: SQLiteStore) -> Duration? {
        guard let plan = try? RolloutJob.decode(record).plan, let journal = try? store.journal(of: record.id) else {
            return nil
        }
        var engine = RolloutEngine(plan: plan)
        var began: [HostName: RolloutInstant] = [:]
        var times: [Int64] = []
        for entry in journal {
            for case .perform(let operation, let host, _, _) in engine.handle(entry.event, at: entry.at)
            where operation == .drain || operation == .activate && began[host] == nil {
                began[host] = entry.at
            }
            if case .operationFinished(.watch, let host, .succeeded) = entry.event, let start = began[host] {
                times.append(entry.at.milliseconds - start.milliseconds)
            }
        }
        guard !times.isEmpty else { return nil }
        return .milliseconds(times.sorted()[times.count / 2])
    }
}
