import FleetModel

extension RolloutSpec {
    /// How long things may take: `minimumHealthyTime` < `healthyDeadline` < `progressDeadline`.
    public struct Timing: Sendable, Hashable, Codable {
        /// Between two rounds of health checks on one host.
        public var interval: Duration = .seconds(1)
        /// A host is healthy once every check has passed for this long without a break.
        public var minimumHealthyTime: Duration = .seconds(10)
        /// A host that isn't healthy this long after its switch is unhealthy.
        public var healthyDeadline: Duration = .seconds(300)
        /// A rollout in which no new host became healthy for this long has failed.
        public var progressDeadline: Duration = .seconds(600)
        /// For each hook, and each start, stop or restart of the service.
        public var commandTimeout: Duration = .seconds(90)
    }
}

extension RolloutSpec.Timing {
    init(_ section: Section<RolloutSpec.Key>) {
        // Faster rounds would load the host more than the service that they watch.
        section.read(.interval, into: &interval, atLeast: .milliseconds(100))
        section.read(.minimumHealthyTime, into: &minimumHealthyTime, atLeast: .zero)
        section.read(.healthyDeadline, into: &healthyDeadline)
        section.read(.progressDeadline, into: &progressDeadline)
        section.read(.commandTimeout, into: &commandTimeout)
        section.requireOrder((.interval, interval), (.healthyDeadline, healthyDeadline))
        section.requireOrder((.minimumHealthyTime, minimumHealthyTime), (.healthyDeadline, healthyDeadline))
        section.requireOrder((.healthyDeadline, healthyDeadline), (.progressDeadline, progressDeadline))
    }
}

extension Section<RolloutSpec.Key> {
    fileprivate func read(_ key: Key, into time: inout Duration, atLeast minimum: Duration = .milliseconds(1)) {
        if let duration = self[key]?.duration(atLeast: minimum) { time = duration }
    }

    /// Silent where neither is written: the defaults are in order.
    fileprivate func requireOrder(_ shorter: (key: Key, time: Duration), _ longer: (key: Key, time: Duration)) {
        guard shorter.time >= longer.time, let field = self[longer.key] ?? self[shorter.key] else { return }
        field.reject(
            "\(describe(shorter)) must be shorter than \(describe(longer))",
            hint: self[longer.key] == nil ? "set '\(longer.key.rawValue)' as well" : nil
        )
    }

    private func describe(_ value: (key: Key, time: Duration)) -> String {
        "'\(value.key.rawValue)' (\(value.time.spoken)\(self[value.key] == nil ? " by default" : ""))"
    }
}
