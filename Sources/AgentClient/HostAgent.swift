import AgentProtocol
import HostAccess

/// One host's agent, whatever becomes of the connection: connects when first asked, keeps the connection, and when the
/// link fails connects again and repeats the request until the operation's deadline. Every request can be repeated: the
/// agent answers a step that it has performed from its record, and joins one that is still running.
public actor HostAgent {
    /// Connecting, authenticating and greeting, together.
    static let maximumConnectTime: Duration = .seconds(30)
    /// What an agent answers at once, and what a peer takes of a chunk, must not take longer, or the link counts as
    /// dead.
    static let maximumSilence: Duration = .seconds(30)

    /// The host.
    public nonisolated let endpoint: HostEndpoint

    private let connector: any HostConnector
    private let layout: AgentLayout?
    private let coordinatorVersion: String
    private let clock: any Clock<Duration>
    private let jitter: @Sendable () -> Double
    private var link: Link?
    private var connecting: Task<Result<Link, AgentError>, Never>?
    /// The last greeting: who answered.
    private var acquaintance: Greeting?
    private var isClosed = false

    /// Does nothing yet. `layout`: nil means the one of the host's scope; `jitter` draws from 0..<1.
    public init(
        endpoint: HostEndpoint, connector: any HostConnector, layout: AgentLayout? = nil,
        coordinatorVersion: String, clock: any Clock<Duration> = ContinuousClock(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.endpoint = endpoint
        self.connector = connector
        self.layout = layout
        self.coordinatorVersion = coordinatorVersion
        self.clock = clock
        self.jitter = jitter
    }

    /// Connects now or not at all, for those who would rather know than wait: a host that can't be reached is not tried
    /// again.
    /// - Throws: ``AgentError``.
    public func connect(deadline: Duration) async throws(AgentError) {
        _ = try await currentLink(before: Deadline(in: deadline, on: clock), asking: "connecting")
    }

    /// Connects if need be: the agent's version, its machine and its boot.
    /// - Throws: ``AgentError``.
    public func greeting(deadline: Duration) async throws(AgentError) -> Greeting {
        try await persist(within: deadline, asking: "greeting the agent") { link, _ in link.greeting }
    }

    /// Connects if need be, and finds out whether the agent can do what is about to be begun. `subject` is what needs
    /// the version, for people: `shifting traffic`.
    /// - Throws: ``AgentError``; `refused` where the agent is too old.
    public func require(version: UInt64, for subject: String, deadline: Duration) async throws(AgentError) {
        try await persist(within: deadline, asking: "greeting the agent") { (link, _) throws(AgentError) in
            try link.check(version: version, for: subject)
        }
    }

    /// The host's and the service's state; `probesHealth` runs every check once.
    /// - Throws: ``AgentError``.
    public func inspect(
        _ definition: ServiceDefinition, probesHealth: Bool, deadline: Duration
    ) async throws(AgentError) -> HostReport {
        let request = Request.inspect(Inspect(definition: definition, probesHealth: probesHealth))
        let reply = try await ask(request, within: deadline, maximumSilence: nil)
        guard case .report(let report) = reply else { throw await broken(request) }
        return report
    }

    /// Claims the service for a rollout.
    /// - Throws: ``AgentError``; `refused` where another rollout holds it.
    public func begin(
        _ claim: Claim, definition: ServiceDefinition, deadline: Duration
    ) async throws(AgentError) {
        let request = Request.begin(Begin(claim: claim, definition: definition))
        guard case .begun = try await ask(request, within: deadline) else { throw await broken(request) }
    }

    /// Performs a step. After a lost link the very same step is asked for again. `onProgress` hears of the step, and of
    /// the link; what it says comes from the host and is hostile until made printable.
    /// - Throws: ``AgentError``; `timedOut` means that how the step ended, or will end, is not known.
    public func perform(
        _ step: Perform, deadline: Duration, onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(AgentError) -> StepResult {
        let request = Request.perform(step)
        let reply = try await ask(request, within: deadline, maximumSilence: nil, onProgress: onProgress)
        guard case .performed(let result) = reply else { throw await broken(request) }
        return result
    }

    /// Ends the rollout on this host and releases the claim.
    /// - Throws: ``AgentError``.
    public func finish(_ claim: Claim, deadline: Duration) async throws(AgentError) {
        let request = Request.finish(Finish(claim: claim))
        guard case .finished = try await ask(request, within: deadline) else { throw await broken(request) }
    }

    /// Closes the connection for good; whatever is waiting fails. May be called again.
    public func close() async {
        isClosed = true
        // Whoever shuts the connector down next must not take the ground from under it.
        connecting?.cancel()
        _ = await connecting?.value
        await drop(link)
    }

    func ask(
        _ request: Request, within deadline: Duration, maximumSilence: Duration? = HostAgent.maximumSilence,
        onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(AgentError) -> Reply {
        try await persist(within: deadline, asking: request.subject, onProgress: onProgress) {
            (link, end) async throws(AgentError) in
            try link.check(request)
            let limit = min(end.remaining, maximumSilence ?? end.remaining)
            return try await link.session.reply(to: request, deadline: limit, onProgress: onProgress)
        }
    }

    /// The agent answered with the wrong kind of reply: nothing more is believed of this connection.
    func broken(_ request: Request) async -> AgentError {
        await drop(link)
        return .protocolViolation("\(request.subject) got the reply to something else")
    }
}

// MARK: - The link

extension HostAgent {
    struct Link: Sendable {
        let connection: any HostConnection
        let session: AgentSession
        let greeting: Greeting

        /// What an older agent does not know is not sent: it would hang up.
        func check(_ request: Request) throws(AgentError) {
            try check(version: request.minimumVersion, for: request.subject)
        }

        func check(version: UInt64, for subject: String) throws(AgentError) {
            guard greeting.version < version else { return }
            let problem =
                "\(subject) needs version \(version) of its protocol, and coord-agent \(greeting.agentVersion) speaks "
                + "\(greeting.version)"
            throw .refused(Refusal(reason: .version, problem: problem))
        }
    }

    /// Runs `operation` on a link; where the link fails, again on a new one, until the deadline.
    func persist<Answer: Sendable>(
        within deadline: Duration, asking subject: String, onProgress: @Sendable (Progress) -> Void = { _ in },
        _ operation: (Link, Deadline) async throws(AgentError) -> Answer
    ) async throws(AgentError) -> Answer {
        let end = Deadline(in: deadline, on: clock)
        var backoff = Backoff(jitter: jitter)
        var boot = acquaintance?.bootID
        while true {
            let failure: AgentError
            do {
                let link = try await currentLink(before: end, asking: subject)
                if let boot, boot != link.greeting.bootID { onProgress(Progress(text: "host rebooted")) }
                boot = link.greeting.bootID
                return try await answer(of: operation, on: link, before: end)
            } catch {
                failure = error
            }
            let delay = backoff.nextDelay()
            guard shouldRetry(failure), end.remaining > delay else { throw failure }
            onProgress(Progress(text: "\(failure); trying again"))
            // Cancellation ends the sleep early and is seen by the next attempt.
            try? await clock.sleep(for: delay)
        }
    }

    private func answer<Answer: Sendable>(
        of operation: (Link, Deadline) async throws(AgentError) -> Answer, on link: Link, before end: Deadline
    ) async throws(AgentError) -> Answer {
        do {
            return try await operation(link, end)
        } catch {
            switch error {
            case .refused, .cancelled, .artifactUnreadable: break  // the link is well
            default: await drop(link)
            }
            throw error
        }
    }

    private func shouldRetry(_ failure: AgentError) -> Bool {
        if isClosed || Task.isCancelled { return false }
        switch failure {
        case .cancelled: return true  // somebody else's task was, who had begun to connect for both
        // A host that answered before is most likely booting: its agent is not up yet, or pam_nologin(8) still keeps
        // users out.
        case .agentNotRunning: return acquaintance != nil
        case .unreachable(let error) where error.reason == .authenticationFailed: return acquaintance != nil
        default: return failure.isTransient
        }
    }

    private func currentLink(before end: Deadline, asking subject: String) async throws(AgentError) -> Link {
        if let link { return link }
        guard !isClosed else { throw .unreachable(HostAccessError(.closed, "the connection was closed")) }
        guard !Task.isCancelled else { throw .cancelled }
        guard end.remaining > .zero else { throw .timedOut(subject) }
        let attempt = connecting ?? startConnecting(within: min(end.remaining, Self.maximumConnectTime))
        return try await withTaskCancellationHandler {
            await attempt.value
        } onCancel: {
            attempt.cancel()
        }.get()
    }

    private func startConnecting(within limit: Duration) -> Task<Result<Link, AgentError>, Never> {
        let attempt = Task {
            let result = await connect(within: limit)
            connecting = nil
            return result
        }
        connecting = attempt
        return attempt
    }

    private func connect(within limit: Duration) async -> Result<Link, AgentError> {
        let end = Deadline(in: limit, on: clock)
        let connection: any HostConnection
        do {
            connection = try await connector.connect(to: endpoint, deadline: limit)
        } catch { return .failure(Task.isCancelled ? .cancelled : .unreachable(error)) }
        do {
            let (session, greeting) = try await AgentSession.attach(
                to: connection, on: endpoint, layout: layout, coordinatorVersion: coordinatorVersion, clock: clock,
                deadline: end.remaining
            )
            let link = Link(connection: connection, session: session, greeting: greeting)
            try await adopt(link)
            return .success(link)
        } catch {
            await connection.close()
            return .failure(error)
        }
    }

    private func adopt(_ link: Link) async throws(AgentError) {
        let known = acquaintance?.machineID ?? ""
        let isSameMachine = known.isEmpty || link.greeting.machineID.isEmpty || known == link.greeting.machineID
        guard isSameMachine, !isClosed else {
            await link.session.close()
            throw isSameMachine
                ? .unreachable(HostAccessError(.closed, "the connection was closed"))
                : .protocolViolation("another machine answers at this address than before (machine-id(5))")
        }
        acquaintance = link.greeting
        self.link = link
    }

    private func drop(_ dead: Link?) async {
        guard let dead else { return }
        if link?.session === dead.session { link = nil }
        await dead.session.close()
        await dead.connection.close()
    }
}
