import FleetModel

/// All hosts at once: the service is down while they restart, and never two releases serve side by side for long.
public struct Recreate: Hashable, Sendable {
    public init() {}

    func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        let hosts = HostOrder.unhealthyFirst(fleet.hosts)
        let changing = fleet.changing(hosts)
        try fleet.refuseStrangers(among: changing)
        var course = StrategyCourse(
            hosts: hosts, maximumParallel: max(1, changing.count), maximumUnavailable: hosts.count)
        course.change(changing.map(\.name))
        return course
    }
}
