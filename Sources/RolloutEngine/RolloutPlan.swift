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
    public var policy: RolloutPolicy

    public init(
        rollout: RolloutID, service: ServiceName, release: ReleaseID, digest: Digest, strategy: StrategyName,
        hosts: [PlannedHost], batches: [[HostName]], policy: RolloutPolicy
    ) {
        self.rollout = rollout
        self.service = service
        self.release = release
        self.digest = digest
        self.strategy = strategy
        self.hosts = hosts
        self.batches = batches
        self.policy = policy
    }

    /// The hosts that change.
    public var changedHosts: [HostName] { batches.flatMap(\.self) }

    /// The hosts that are left out because they could not be reached.
    public var offlineHosts: [HostName] { hosts.filter(\.isOffline).map(\.name) }
}

/// The strategies there are.
public enum StrategyName: String, Hashable, Sendable, Codable {
    case rolling, recreate
}

/// A selected host as it was found before anything changed.
public struct PlannedHost: Hashable, Sendable, Codable {
    public var name: HostName
    /// What `current` pointed at; nil where there was nothing.
    public var current: String?
    /// SHA-256 of that release's archive; nil where coord did not install it.
    public var currentDigest: Digest?
    /// It was out of service already.
    public var isSick: Bool
    /// It could not be reached before anything began, and is left out: what it runs is not known, so it counts as out
    /// of service throughout.
    public var isOffline: Bool
    /// The name of the directory that the release gets there; nil: only the digest tells whether it runs the release.
    public var target: String?

    public init(
        name: HostName, current: String?, currentDigest: Digest? = nil, isSick: Bool, isOffline: Bool = false,
        target: String? = nil
    ) {
        self.target = target
        self.name = name
        self.current = current
        self.currentDigest = currentDigest
        self.isSick = isSick
        self.isOffline = isOffline
    }

    /// It runs that release already, and runs it well: nothing to do.
    public func isAlready(_ digest: Digest) -> Bool { runs(digest, current: current, currentDigest) && !isSick }

    /// Whether what it was seen to run is this rollout's release, configuration included.
    func runs(_ digest: Digest, current: String?, _ currentDigest: Digest?) -> Bool {
        currentDigest == digest && (target == nil || target == current)
    }
}
