import FleetModel

/// What happened. Every event is journalled before the engine sees it; the same events make the same rollout.
public enum Event: Hashable, Sendable, Codable {
    case rolloutStarted
    /// A coordinator took the rollout up again, after a crash, an interruption or a pause.
    case rolloutResumed(by: String)
    case operationFinished(HostOperation, on: HostName, OperationOutcome)
    case hookFinished(CoordinatorHook, HookOutcome)
    case timerFired(RolloutTimer)
    /// The answer to ``Action/shiftTraffic(_:attempt:)`` of that attempt.
    case trafficShifted(attempt: Int, TrafficOutcome)
    /// The answer to ``Action/analyse(_:attempt:)`` of that attempt.
    case analysed(AnalysisName, attempt: Int, AnalysisVerdict)
    /// The answer to ``Action/runSchemaHook(_:on:)``.
    case schemaHookFinished(SchemaHook, HookOutcome)
    /// The hours in which hosts may be started have begun, or ended, by the clock on the wall.
    case windowChanged(isOpen: Bool)
    case operatorAsked(OperatorRequest, by: String)
}

/// What a coordinator can do about one host; the names are the agent's step ids and must stay.
public enum HostOperation: String, Hashable, Sendable, Codable, CaseIterable {
    /// Brings the release onto the host; changes nothing that runs.
    case stage
    /// Takes it out of the traffic on every balancer, reads that back, and waits until its connections have ended.
    /// Idempotent, and verified anew whenever it is asked for.
    case drain
    /// Switches to the release and restarts the service. What is idle is not drained for that: as for a revert, its
    /// requests, of a switch of the traffic a moment ago, are waited for first, as long as for a drain.
    case activate
    /// Waits for health.
    case watch
    /// Restores what ran before.
    case revert
    /// Waits for health after restoring.
    case watchReverted
    /// Gives it its share of the traffic on every balancer (``RolloutEngine/allocation``), and reads that back.
    /// Idempotent, and verified anew whenever it is asked for.
    case admit
    /// Stops what it ran before the traffic was taken from it, once its requests have ended as for a drain.
    case retire
    /// Reads what the host runs.
    case inspect
    /// Tells the host that the rollout is over.
    case finish
}

/// How an operation ended.
public enum OperationOutcome: Hashable, Sendable, Codable {
    case succeeded
    case failed(HostFailure)
    /// The answer to ``HostOperation/inspect``.
    case observed(HostObservation)
}

/// Why a host failed.
public struct HostFailure: Hashable, Sendable, Codable {
    /// In which part of the work, or of the way there.
    public enum Kind: String, Hashable, Sendable, Codable {
        case unreachable, timedOut, refused, staging, hook, service, unhealthy, interrupted, traffic, other
    }

    public var kind: Kind
    /// One printable sentence.
    public var problem: String
    /// The last printable lines of what failed.
    public var output: String

    public init(_ kind: Kind, _ problem: String, output: String = "") {
        self.kind = kind
        self.problem = problem
        self.output = output
    }
}

/// What a host was seen to run.
public struct HostObservation: Hashable, Sendable, Codable {
    /// What `current` points at; nil where there is nothing.
    public var current: String?
    public var currentDigest: Digest?
    public var isInService: Bool

    public init(current: String?, currentDigest: Digest?, isInService: Bool) {
        self.current = current
        self.currentDigest = currentDigest
        self.isInService = isInService
    }
}

/// How a shift of the traffic ended.
public enum TrafficOutcome: Hashable, Sendable, Codable {
    /// Every balancer was read back and has the allocation.
    case succeeded
    /// What is wrong with which balancer: one printable sentence. What the others do is not known.
    case failed(String)
}

/// How a hook ended.
public enum HookOutcome: Hashable, Sendable, Codable {
    case succeeded
    case failed(String)
}

/// The timers of a rollout.
public enum RolloutTimer: String, Hashable, Sendable, Codable {
    /// No host makes progress.
    case progress
    /// The end of a plan's pause.
    case pause
    /// Nobody has answered.
    case ask
}

/// What a person asks of a rollout: a verb, and what it needs.
public enum OperatorRequest: Hashable, Sendable, Codable {
    /// Start no further host, let those in flight become healthy or fail, then wait for the next word. `reason` is one
    /// printable line.
    case pause(reason: String? = nil)
    /// Go on after such a pause.
    case resume
    /// Try the hosts that failed again, and go on where the rollout is paused.
    case retry
    /// End the pause that the plan makes, or take an analysis that told nothing for good.
    case promote
    /// Leave that host out: it keeps, or gets back, what it ran before.
    case skip(HostName)
    /// Restore every host that was changed.
    case abort
    /// Leave soon, resumable: only what must not be left half done is waited for.
    case interrupt

    /// As `--json` and the history name it.
    public var verb: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .retry: "retry"
        case .promote: "promote"
        case .skip: "skip"
        case .abort: "abort"
        case .interrupt: "interrupt"
        }
    }
}
