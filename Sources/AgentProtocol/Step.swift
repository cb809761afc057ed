/// A durable step: the agent records its intent, acts, records the result. A repeat of the same step id is answered
/// with the recorded result, or joins the step while it runs; the step itself goes on when the connection drops.
public struct Perform: WireMessage {
    public var claim: Claim
    /// Unique within the rollout, for example `activate-1`.
    public var step: String
    public var action: StepAction
    /// What a stage step puts into the release beside the artifact's files; nil for nothing.
    public var configuration: ConfigurationReference?

    public init(claim: Claim, step: String, action: StepAction, configuration: ConfigurationReference? = nil) {
        self.claim = claim
        self.step = step
        self.action = action
        self.configuration = configuration
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, claim)
        writer.write(2, step)
        writer.write(3, action)
        writer.write(4, configuration)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var claim: Claim?
        var action: StepAction?
        step = ""
        while let field = try reader.next() {
            switch field.number {
            case 1: claim = try field.message()
            case 2: step = try field.text()
            case 3: action = try field.message()
            case 4: configuration = try field.message()
            default: break
            }
        }
        guard let claim, let action, !step.utf8.isEmpty else { throw .missingField }
        (self.claim, self.action) = (claim, action)
    }
}

/// What a step does.
public enum StepAction: WireMessage {
    /// Verifies the uploaded bytes and unpacks them to the release's directory, with its configuration. Changes nothing
    /// that runs.
    case stage(ArtifactReference)
    /// Switches `current` to a staged release's directory and restarts the service; hooks from `before_block_traffic`
    /// to `application_start` run around it.
    case activate(release: String)
    /// Waits until every check has passed without a break for `minimumHealthyMilliseconds`, then runs the hooks from
    /// `validate_service` (not after a revert: it judges the new release) to `after_allow_traffic`. Fails when that has
    /// not happened within `deadlineMilliseconds`.
    case watch(minimumHealthyMilliseconds: UInt64, deadlineMilliseconds: UInt64)
    /// Restores what `current` was before this rollout's first activation, and restarts the service (stops it where
    /// there was nothing, or where it had been stopped for good). Starts what this rollout has stopped. Does nothing
    /// where this rollout did neither.
    case revert
    /// Runs a program once, apart from any activation. One that is cut short is not run again: the step has ended then.
    case runHook(SingleHook)
    /// Stops the service for good: it is not expected to run until something is activated, or this is reverted.
    case stop

    public func write(to writer: inout WireWriter) {
        switch self {
        case .stage(let artifact):
            writer.write(1, 1 as UInt64)
            writer.write(2, artifact)
        case .activate(let release):
            writer.write(1, 2 as UInt64)
            writer.write(3, release)
        case .watch(let minimumHealthy, let deadline):
            writer.write(1, 3 as UInt64)
            writer.write(4, minimumHealthy)
            writer.write(5, deadline)
        case .revert: writer.write(1, 4 as UInt64)
        case .runHook(let hook):
            writer.write(1, 5 as UInt64)
            writer.write(6, hook)
        case .stop: writer.write(1, 6 as UInt64)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var kind: UInt64 = 0
        var artifact: ArtifactReference?
        var release = ""
        var minimumHealthy: UInt64 = 0
        var deadline: UInt64 = 0
        var hook: SingleHook?
        while let field = try reader.next() {
            switch field.number {
            case 1: kind = try field.integer()
            case 2: artifact = try field.message()
            case 3: release = try field.text()
            case 4: minimumHealthy = try field.integer()
            case 5: deadline = try field.integer()
            case 6: hook = try field.message()
            default: break
            }
        }
        switch (kind, artifact, hook) {
        case (1, .some(let artifact), _): self = .stage(artifact)
        case (2, _, _): self = .activate(release: release)
        case (3, _, _): self = .watch(minimumHealthyMilliseconds: minimumHealthy, deadlineMilliseconds: deadline)
        case (4, _, _): self = .revert
        case (5, _, .some(let hook)): self = .runHook(hook)
        case (6, _, _): self = .stop
        default: throw .unknownKind
        }
    }
}

/// How a step ended: for ever, whoever asks again.
public struct StepResult: WireMessage {
    /// Typed, so that nobody has to read the text to decide.
    public enum Ending: UInt64, Sendable {
        case succeeded = 1
        /// The uploaded bytes are missing, incomplete or not what their digest says; send them again.
        case artifactUnusable
        /// The archive holds something that is refused: a path out of the release, a device, a set-id bit.
        case archiveRefused
        case outOfSpace
        /// The release is not on this host.
        case releaseMissing
        case hookFailed
        /// The service did not start, stop or restart.
        case serviceFailed
        /// Not healthy by the deadline.
        case unhealthy
        case timedOut
        /// The agent or the host stopped in the middle; what was half done was undone.
        case interrupted
        case internalError
    }

    public var ending: Ending
    /// One sentence; empty where it succeeded.
    public var problem: String
    /// The last output of what failed, at most ``ProtocolLimits/maximumOutputBytes``; hostile until made printable.
    public var output: [UInt8]
    public var durationMilliseconds: UInt64
    /// The step had been performed before: this is the record.
    public var isRecorded: Bool

    public init(
        ending: Ending, problem: String = "", output: [UInt8] = [], durationMilliseconds: UInt64 = 0,
        isRecorded: Bool = false
    ) {
        self.ending = ending
        self.problem = problem
        self.output = output
        self.durationMilliseconds = durationMilliseconds
        self.isRecorded = isRecorded
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, ending.rawValue)
        writer.write(2, problem)
        writer.write(3, output)
        writer.write(4, durationMilliseconds)
        writer.write(5, isRecorded)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var ending: Ending?
        (problem, output, durationMilliseconds, isRecorded) = ("", [], 0, false)
        while let field = try reader.next() {
            switch field.number {
            case 1: ending = Ending(rawValue: try field.integer())
            case 2: problem = try field.text()
            case 3: output = Array(try field.bytes())
            case 4: durationMilliseconds = try field.integer()
            case 5: isRecorded = try field.flag()
            default: break
            }
        }
        guard let ending else { throw .unknownKind }
        self.ending = ending
    }
}
