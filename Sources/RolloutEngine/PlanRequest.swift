import FleetModel

/// What a plan is made of: the selected hosts as they are, and the policy as the user wrote it.
public struct PlanRequest: Sendable {
    public var rollout: RolloutID
    public var service: ServiceName
    public var release: ReleaseID
    public var digest: Digest
    /// In inventory order.
    public var hosts: [PlannedHost]
    public var strategy: Strategy
    /// How many hosts the capacity promise is about, where more belong to the service than are selected now; those
    /// others are taken to be in service.
    public var groupSize = 0
    public var minimumHealthyTime: Duration = .seconds(10)
    public var healthyDeadline: Duration = .seconds(300)
    public var progressDeadline: Duration = .seconds(600)
    public var commandTimeout: Duration = .seconds(90)
    public var maximumFailures = FailureBudget()
    public var onFailure = FailureResponse.rollback
    public var hooks: Set<CoordinatorHook> = []
    /// How many hooks each host runs.
    public var hostHookCount = 0

    public init(
        rollout: RolloutID, service: ServiceName, release: ReleaseID, digest: Digest, hosts: [PlannedHost],
        strategy: Strategy
    ) {
        self.rollout = rollout
        self.service = service
        self.release = release
        self.digest = digest
        self.hosts = hosts
        self.strategy = strategy
    }

    /// The plan for these hosts. Hosts already sick go first: they cost no capacity, and a new release may heal them.
    /// - Throws: ``PlanRefusal`` where the promises cannot be kept on this fleet.
    public func plan() throws(PlanRefusal) -> RolloutPlan {
        let ordered = hosts.filter(\.isSick) + hosts.filter { !$0.isSick }
        let changing = ordered.filter { !$0.isAlready(digest) && !$0.isOffline }
        let offline = hosts.count(where: \.isOffline)
        let group = max(hosts.count, groupSize)
        let course = try strategy.course(changing: changing, of: hosts.count, in: group, offline: offline)
        let policy = RolloutPolicy(
            maximumParallel: course.maximumParallel, maximumUnavailable: course.maximumUnavailable,
            minimumHealthyTime: minimumHealthyTime, healthyDeadline: healthyDeadline,
            progressDeadline: progressDeadline, commandTimeout: commandTimeout, maximumFailures: maximumFailures,
            onFailure: onFailure, hooks: hooks, hostHookCount: hostHookCount
        )
        return RolloutPlan(
            rollout: rollout, service: service, release: release, digest: digest, strategy: strategy.name,
            hosts: ordered, batches: course.batches, policy: policy
        )
    }
}

/// Why no plan keeps the promises: the reason, and the nearest policy that works.
public struct PlanRefusal: Error, Hashable, Sendable {
    public var problem: String
    public var hint: String

    public init(_ problem: String, hint: String) {
        self.problem = problem
        self.hint = hint
    }
}
