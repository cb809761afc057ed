import FleetModel

/// Exactly what will be done: printable, checkable, journalled before the first host is touched.
public struct RolloutPlan: Hashable, Sendable, Codable {
    public var rollout: RolloutID
    public var service: ServiceName
    public var release: ReleaseID
    /// SHA-256 of the release's canonical archive.
    public var digest: Digest
    public var strategy: StrategyName
    /// Every selected host, in the order in which they go.
    public var hosts: [PlannedHost]
    /// The hosts that change, batch by batch.
    public var batches: [[HostName]]
    /// What is done, in order; a step names a batch by its index.
    public var steps: [PlanStep]
    /// Nil where no balancer is told anything.
    public var traffic: TrafficPlan?
    public var policy: RolloutPolicy

    /// Without `steps` the batches change one after the other.
    public init(
        rollout: RolloutID, service: ServiceName, release: ReleaseID, digest: Digest, strategy: StrategyName,
        hosts: [PlannedHost], batches: [[HostName]], steps: [PlanStep]? = nil, traffic: TrafficPlan? = nil,
        policy: RolloutPolicy
    ) {
        self.rollout = rollout
        self.service = service
        self.release = release
        self.digest = digest
        self.strategy = strategy
        self.hosts = hosts
        self.batches = batches
        self.steps = steps ?? batches.indices.map { .change(batch: $0) }
        self.traffic = traffic
        self.policy = policy
    }

    /// Plans of before there were steps change one batch after the other.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            rollout: try container.decode(RolloutID.self, forKey: .rollout),
            service: try container.decode(ServiceName.self, forKey: .service),
            release: try container.decode(ReleaseID.self, forKey: .release),
            digest: try container.decode(Digest.self, forKey: .digest),
            strategy: try container.decode(StrategyName.self, forKey: .strategy),
            hosts: try container.decode([PlannedHost].self, forKey: .hosts),
            batches: try container.decode([[HostName]].self, forKey: .batches),
            steps: try container.decodeIfPresent([PlanStep].self, forKey: .steps),
            traffic: try container.decodeIfPresent(TrafficPlan.self, forKey: .traffic),
            policy: try container.decode(RolloutPolicy.self, forKey: .policy)
        )
        guard steps.allSatisfy({ $0.batch.map(batches.indices.contains) ?? true }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .steps, in: container, debugDescription: "a step names a batch that there is not")
        }
    }

    /// The hosts that change.
    public var changedHosts: [HostName] { batches.flatMap(\.self) }

    /// The hosts that are left out because they could not be reached.
    public var offlineHosts: [HostName] { hosts.filter(\.isOffline).map(\.name) }

    /// How long a host may take to answer for an operation, lost links and reconnecting included, and the requests that
    /// are waited for. Balancers that have to be told again before a switch have the time of a drain besides.
    public func deadline(for operation: HostOperation) -> Duration {
        let own = policy.deadline(for: operation)
        let waitsForRequests = operation == .drain || operation == .retire
        return waitsForRequests ? own + (traffic?.drainTimeout ?? .zero) : own
    }
}

/// The strategies there are.
public enum StrategyName: String, Hashable, Sendable, Codable {
    case rolling, recreate, canary
    case blueGreen = "blue_green"
    case abTest = "a_b"
}
