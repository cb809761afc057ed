import FleetModel

/// What a plan is made of: the selected hosts as they are, and the policy as the user wrote it.
public struct PlanRequest: Sendable {
    public var rollout: RolloutID
    public var service: ServiceName
    public var release: ReleaseID
    public var digest: Digest
    /// In inventory order, with the values of the labels that the strategy's ``DomainPromise``s name. Where each host
    /// runs two instances: what its idle instance runs.
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
    /// The balancers, and the traffic as it was found on them; its `retreat` is the plan's to say.
    public var traffic: TrafficPlan?
    public var schema: SchemaPlan?
    /// The first batch goes forward, back and forward again before the rest.
    public var rehearsesRollback = false
    /// False: nothing is rolled back by itself.
    public var isReversible = true
    /// Hosts are started only at certain hours.
    public var hasWindow = false
    /// How many releases may serve at once; nil: as many as there are.
    public var maximumLiveVersions: Int?
    /// Where each host runs two instances: what the one with the traffic runs. Those of `hosts` are idle.
    public var servingReleases: [HostName: LiveRelease] = [:]

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

    /// The plan for these hosts.
    /// - Throws: ``PlanRefusal`` where the promises cannot be kept on this fleet.
    public func plan() throws(PlanRefusal) -> RolloutPlan {
        let fleet = PlanningFleet(of: self)
        let course = try course(on: fleet)
        var traffic = traffic
        traffic?.retreat = course.retreat
        let plan = RolloutPlan(
            rollout: rollout, service: service, release: release, digest: digest, strategy: strategy.name,
            hosts: course.hosts, batches: course.batches, steps: try steps(of: course), traffic: traffic,
            policy: policy(for: course)
        )
        try refuseTooManyVersions(in: plan)
        return plan
    }

    private func course(on fleet: PlanningFleet) throws(PlanRefusal) -> StrategyCourse {
        do throws(PlanRefusal) { return try strategy.course(on: fleet) } catch { throw checked(error, on: fleet) }
    }

    /// Plans with the nearest policy as well: a remedy that does not work is none.
    private func checked(_ refusal: PlanRefusal, on fleet: PlanningFleet) -> PlanRefusal {
        guard refusal.nearest != nil else { return refusal }
        var last = refusal
        for _ in 0..<Self.maximumAttempts {
            guard let nearest = last.nearest else { break }
            do throws(PlanRefusal) {
                _ = try nearest.course(on: fleet)
                return PlanRefusal(refusal.problem, hint: last.hint, nearest: nearest)
            } catch { last = error }
        }
        return PlanRefusal(refusal.problem, hint: "use the recreate strategy, which promises no capacity")
    }

    /// Each attempt allows more than the one before.
    private static let maximumAttempts = 16

    private func policy(for course: StrategyCourse) -> RolloutPolicy {
        RolloutPolicy(
            maximumParallel: course.maximumParallel, maximumUnavailable: course.maximumUnavailable,
            minimumHealthyTime: minimumHealthyTime, healthyDeadline: healthyDeadline,
            progressDeadline: progressDeadline, commandTimeout: commandTimeout, maximumFailures: maximumFailures,
            onFailure: onFailure, hooks: hooks, hostHookCount: hostHookCount, domains: course.domains,
            surge: course.surge, isReversible: isReversible, hasWindow: hasWindow
        )
    }
}
