import FleetModel

extension RolloutPolicy {
    private enum CodingKeys: String, CodingKey {
        case maximumParallel, maximumUnavailable, minimumHealthyTime, healthyDeadline, progressDeadline
        case commandTimeout, maximumFailures, onFailure, hooks, hostHookCount, domains, surge, isReversible, hasWindow
    }

    /// Policies of before there were domains, windows and spares promise nothing of these.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            maximumParallel: try container.decode(Int.self, forKey: .maximumParallel),
            maximumUnavailable: try container.decode(Int.self, forKey: .maximumUnavailable),
            minimumHealthyTime: try container.decodeDuration(forKey: .minimumHealthyTime),
            healthyDeadline: try container.decodeDuration(forKey: .healthyDeadline),
            progressDeadline: try container.decodeDuration(forKey: .progressDeadline),
            commandTimeout: try container.decodeDuration(forKey: .commandTimeout),
            maximumFailures: try container.decode(FailureBudget.self, forKey: .maximumFailures),
            onFailure: try container.decode(FailureResponse.self, forKey: .onFailure),
            hooks: try container.decode(Set<CoordinatorHook>.self, forKey: .hooks),
            hostHookCount: try container.decode(Int.self, forKey: .hostHookCount),
            domains: try container.decodeIfPresent([DomainPromise].self, forKey: .domains) ?? [],
            surge: try container.decodeIfPresent(Int.self, forKey: .surge) ?? 0,
            isReversible: try container.decodeIfPresent(Bool.self, forKey: .isReversible) ?? true,
            hasWindow: try container.decodeIfPresent(Bool.self, forKey: .hasWindow) ?? false
        )
    }

    /// Durations are text: see docs/json-plan.md.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(maximumParallel, forKey: .maximumParallel)
        try container.encode(maximumUnavailable, forKey: .maximumUnavailable)
        try container.encode(spoken: minimumHealthyTime, forKey: .minimumHealthyTime)
        try container.encode(spoken: healthyDeadline, forKey: .healthyDeadline)
        try container.encode(spoken: progressDeadline, forKey: .progressDeadline)
        try container.encode(spoken: commandTimeout, forKey: .commandTimeout)
        try container.encode(maximumFailures, forKey: .maximumFailures)
        try container.encode(onFailure, forKey: .onFailure)
        // In one order always, so that equal plans are equal text.
        try container.encode(hooks.sorted { $0.rawValue < $1.rawValue }, forKey: .hooks)
        try container.encode(hostHookCount, forKey: .hostHookCount)
        try container.encode(domains, forKey: .domains)
        try container.encode(surge, forKey: .surge)
        try container.encode(isReversible, forKey: .isReversible)
        try container.encode(hasWindow, forKey: .hasWindow)
    }
}
