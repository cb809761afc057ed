import FleetModel

/// What a rollout promises and how it reacts, with every share resolved to a number of hosts of this fleet.
public struct RolloutPolicy: Hashable, Sendable, Codable {
    /// Hosts of a batch that may be started and not yet healthy.
    public var maximumParallel: Int
    /// Selected hosts that may be out of service at any moment, those that were sick before included.
    public var maximumUnavailable: Int
    /// A host is healthy only after staying so for this long.
    public var minimumHealthyTime: Duration
    /// A host that is not healthy this long after its activation has failed.
    public var healthyDeadline: Duration
    /// The rollout fails when for this long no host made progress.
    public var progressDeadline: Duration
    /// For one hook, and for one start, stop or restart of the service.
    public var commandTimeout: Duration
    /// The rollout fails when more hosts than this fail.
    public var maximumFailures: FailureBudget
    public var onFailure: FailureResponse
    /// The coordinator's hooks that exist.
    public var hooks: Set<CoordinatorHook>
    /// How many hooks each host runs.
    public var hostHookCount: Int
    /// What is promised beside ``maximumUnavailable``.
    public var domains: [DomainPromise]
    /// So many more hosts may be out of service while as many idle hosts take traffic in their place.
    public var surge: Int
    /// False: nothing is rolled back. A failure pauses, and an abort leaves the hosts as they are.
    public var isReversible: Bool
    /// Hosts are started only while ``Event/windowChanged(isOpen:)`` says so.
    public var hasWindow: Bool

    public init(
        maximumParallel: Int, maximumUnavailable: Int, minimumHealthyTime: Duration = .seconds(10),
        healthyDeadline: Duration = .seconds(300), progressDeadline: Duration = .seconds(600),
        commandTimeout: Duration = .seconds(90), maximumFailures: FailureBudget = FailureBudget(),
        onFailure: FailureResponse = .rollback, hooks: Set<CoordinatorHook> = [],
        hostHookCount: Int = 0, domains: [DomainPromise] = [], surge: Int = 0, isReversible: Bool = true,
        hasWindow: Bool = false
    ) {
        self.maximumParallel = maximumParallel
        self.maximumUnavailable = maximumUnavailable
        self.minimumHealthyTime = minimumHealthyTime
        self.healthyDeadline = healthyDeadline
        self.progressDeadline = progressDeadline
        self.commandTimeout = commandTimeout
        self.maximumFailures = maximumFailures
        self.onFailure = onFailure
        self.hooks = hooks
        self.hostHookCount = hostHookCount
        self.domains = domains
        self.surge = surge
        self.isReversible = isReversible
        self.hasWindow = hasWindow
    }

    /// How long a host may take to answer for an operation, lost links and reconnecting included. The host's own
    /// deadlines come first; this one is for hosts that say nothing.
    public func deadline(for operation: HostOperation) -> Duration {
        switch operation {
        case .stage: progressDeadline
        // The service commands, and of an activation the hooks: each has the timeout for itself.
        case .activate: commandTimeout * (2 + hostHookCount) + Self.answerMargin
        case .revert: commandTimeout * 2 + Self.answerMargin
        case .watch: healthyDeadline + commandTimeout * (1 + hostHookCount) + Self.answerMargin
        case .watchReverted: healthyDeadline + commandTimeout + Self.answerMargin
        case .drain, .admit, .inspect, .finish: Self.answerMargin * 2
        case .retire: commandTimeout + Self.answerMargin
        }
    }

    private static let answerMargin: Duration = .seconds(15)
}

/// How many failures a rollout bears; it fails when a number is exceeded, so 0 means the first failure.
public struct FailureBudget: Hashable, Sendable, Codable {
    /// Of one batch's hosts.
    public var batch: Share?
    /// Of all hosts that the rollout changes.
    public var rollout: Share?

    public init(batch: Share? = nil, rollout: Share? = .count(0)) {
        self.batch = batch
        self.rollout = rollout
    }
}

/// A program that runs where the coordinator runs.
public enum CoordinatorHook: String, Hashable, Sendable, Codable, CaseIterable {
    case beforeRollout, afterBatch, afterRollout, onFailure

    /// As specifications, `--json` and the hook itself know it.
    public var spoken: String {
        switch self {
        case .beforeRollout: "before_rollout"
        case .afterBatch: "after_batch"
        case .afterRollout: "after_rollout"
        case .onFailure: "on_failure"
        }
    }
}
