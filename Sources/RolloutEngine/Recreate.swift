import FleetModel

/// All hosts at once: the service is down while they restart, and never two releases serve side by side for long.
public struct Recreate: Hashable, Sendable {
    public init() {}

    func course(changing: [PlannedHost], of total: Int) -> StrategyCourse {
        let hosts = changing.map(\.name)
        return StrategyCourse(
            batches: hosts.isEmpty ? [] : [hosts], maximumParallel: max(1, hosts.count), maximumUnavailable: total
        )
    }
}
