import FleetModel

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
    /// What changes on it takes no traffic before a step gives it some: it is not drained and not admitted, and never
    /// counts as capacity.
    public var isIdle: Bool
    /// The name of the directory that the release gets there; nil: only the digest tells whether it runs the release.
    public var target: String?
    /// The failure domains it is in: the value of each label that the policy's ``DomainPromise``s name.
    public var domains: [String: String]

    public init(
        name: HostName, current: String?, currentDigest: Digest? = nil, isSick: Bool, isOffline: Bool = false,
        isIdle: Bool = false, target: String? = nil, domains: [String: String] = [:]
    ) {
        self.name = name
        self.current = current
        self.currentDigest = currentDigest
        self.isSick = isSick
        self.isOffline = isOffline
        self.isIdle = isIdle
        self.target = target
        self.domains = domains
    }

    /// Hosts of before there was traffic are not idle, and in no domain.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(HostName.self, forKey: .name),
            current: try container.decodeIfPresent(String.self, forKey: .current),
            currentDigest: try container.decodeIfPresent(Digest.self, forKey: .currentDigest),
            isSick: try container.decode(Bool.self, forKey: .isSick),
            isOffline: try container.decode(Bool.self, forKey: .isOffline),
            isIdle: try container.decodeIfPresent(Bool.self, forKey: .isIdle) ?? false,
            target: try container.decodeIfPresent(String.self, forKey: .target),
            domains: try container.decodeIfPresent([String: String].self, forKey: .domains) ?? [:]
        )
    }

    /// It runs that release already, and runs it well: nothing to do.
    public func isAlready(_ digest: Digest) -> Bool { runs(digest, current: current, currentDigest) && !isSick }

    /// Whether what it was seen to run is this rollout's release, configuration included.
    func runs(_ digest: Digest, current: String?, _ currentDigest: Digest?) -> Bool {
        currentDigest == digest && (target == nil || target == current)
    }
}
