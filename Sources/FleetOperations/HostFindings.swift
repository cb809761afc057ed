import FleetModel

/// What `coord check` found out about one host.
public struct HostFindings: Sendable, Hashable {
    /// What is looked at, in that order: one that fails keeps those after it from being seen.
    public enum Aspect: String, Sendable, Hashable, CaseIterable {
        case reach, hostKey, login, sudo, agent, disk, clock, unit, lock
    }

    /// Something that is not as it should be.
    public struct Finding: Sendable, Hashable {
        public var aspect: Aspect
        /// One sentence, without the host's name.
        public var problem: String
        /// The remedy; nil where the problem itself says it.
        public var hint: String?
        /// It can't keep a rollout from succeeding.
        public var isWarning: Bool
    }

    public let host: HostName
    /// What is known to be right.
    public internal(set) var passed: Set<Aspect> = []
    /// What is known to be wrong.
    public internal(set) var findings: [Finding] = []
    /// From the first packet to the end of the login.
    public internal(set) var loginTime: Duration?
    /// What the running agent says of itself.
    public internal(set) var agentVersion: String?
    /// The protocol version that both speak.
    public internal(set) var protocolVersion: UInt64?
    /// Of the file systems of the install and the agent's state directory.
    public internal(set) var installDiskFreeBytes: Int64?
    public internal(set) var stateDiskFreeBytes: Int64?
    /// How far the host's clock is ahead of ours.
    public internal(set) var clockOffset: Duration?
    /// systemd's ActiveState, or `missing`.
    public internal(set) var unitState: String?
    /// What `current` points at.
    public internal(set) var release: String?
    /// The rollout that holds the service, and whose it is.
    public internal(set) var holder: String?

    init(host: HostName) { self.host = host }

    /// Nothing is in the way of a rollout.
    public var isReady: Bool { findings.allSatisfy(\.isWarning) }

    mutating func fail(_ aspect: Aspect, _ problem: String, hint: String? = nil, isWarning: Bool = false) {
        findings.append(Finding(aspect: aspect, problem: problem.printable(), hint: hint, isWarning: isWarning))
    }
}
