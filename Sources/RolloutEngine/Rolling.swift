import FleetModel

/// Batch by batch: the next begins when the last has passed.
public struct Rolling: Hashable, Sendable {
    /// Hosts per batch, as Ansible's `serial`: percent of all selected hosts, rounded down, at least 1; the last
    /// repeats.
    public var stages: [Share]
    /// Of a batch, how many hosts may be started and not yet healthy; nil means the whole batch.
    public var maximumParallel: Int?
    /// Of the whole group, how many may be out of service; nil means 25 %, and at least one host of a small fleet.
    public var maximumUnavailable: Share?
    /// Of the whole group, how many must stay in service; nil means that only `maximumUnavailable` counts.
    public var minimumHealthy: Share?

    public init(
        stages: [Share] = [.count(1), .percent(25)], maximumParallel: Int? = nil,
        maximumUnavailable: Share? = nil, minimumHealthy: Share? = nil
    ) {
        self.stages = stages
        self.maximumParallel = maximumParallel
        self.maximumUnavailable = maximumUnavailable
        self.minimumHealthy = minimumHealthy
    }

    func course(
        changing: [PlannedHost], of total: Int, in group: Int, offline: Int
    ) throws(PlanRefusal) -> StrategyCourse {
        let batches = batches(of: changing.map(\.name), total: total)
        let unavailable = min(
            maximumUnavailable?.ceiling(of: group) ?? max(1, Share.percent(25).ceiling(of: group)),
            minimumHealthy.map { group - $0.floor(of: group) } ?? group
        )
        if changing.contains(where: { !$0.isSick }), unavailable < 1 { throw refusal(of: group) }
        if changing.contains(where: { !$0.isSick }), offline >= unavailable {
            throw Self.refusal(allowed: unavailable, of: group, offline: offline)
        }
        return StrategyCourse(
            batches: batches, maximumParallel: max(1, maximumParallel ?? batches.map(\.count).max() ?? 1),
            maximumUnavailable: unavailable
        )
    }

    private func batches(of hosts: [HostName], total: Int) -> [[HostName]] {
        var rest = hosts[...]
        var batches: [[HostName]] = []
        while !rest.isEmpty {
            let stage = stages[min(batches.count, stages.count - 1)]
            let size = stage.batchSize(of: total)
            batches.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return batches
    }

    /// Hosts that can't be reached take up what the promise lets be out of service.
    static func refusal(allowed: Int, of total: Int, offline: Int) -> PlanRefusal {
        PlanRefusal(
            "\(allowed) of \(total) hosts may be out of service, and \(offline) can't be reached, "
                + "so none can be updated",
            hint: "bring them back, or allow more than \(offline) with 'max_unavailable'"
        )
    }

    private func refusal(of total: Int) -> PlanRefusal {
        let promises = [minimumHealthy.map { "min_healthy \($0)" }, maximumUnavailable.map { "max_unavailable \($0)" }]
        let promise = promises.compactMap(\.self).joined(separator: " and ")
        return PlanRefusal(
            "\(promise) of \(total) hosts lets no host out of service, so none can be updated",
            hint: "'max_unavailable: 1' works for every fleet; or use the recreate strategy"
        )
    }
}
