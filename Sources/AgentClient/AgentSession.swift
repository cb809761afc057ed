import AgentProtocol
import HostAccess

/// A conversation with one agent over the standard streams of one `coord-agent attach`.
///
/// Several requests may be outstanding; replies are matched by id. When the stream ends, or what comes is not the
/// protocol, every waiter fails with the same error and the session is of no more use. It lives until ``close()``.
public actor AgentSession {
    /// Requests that may wait at once; one host's driver has a handful.
    static let maximumOutstanding = 64
    /// A write can fail before the reader has seen why (the command ended, with which status): how long that has.
    static let writeFailureGrace: Duration = .seconds(2)
    /// Bytes of a frame's header that its length counts.
    private static let frameHeaderBytes = 5

    private let stream: any HostStream
    private let clock: any Clock<Duration>
    private let binaryPath: String
    private let user: String
    private var frames = MarkedFrames()
    private var waiters: [UInt32: Waiter] = [:]
    private var outbox: [(id: UInt32, bytes: [UInt8])] = []
    private var isWriting = false
    private var lastID: UInt32 = 0
    private var wasGreeted = false
    private var failure: AgentError?
    private var isReading = true
    /// Those who wait for the reader to leave.
    private var closers: [CheckedContinuation<Void, Never>] = []

    /// Takes over `stream` and starts reading it. `binaryPath` is what was started, and `user` by whom, to read its
    /// errors by.
    init(over stream: any HostStream, binaryPath: String, user: String, clock: any Clock<Duration>) {
        self.stream = stream
        self.binaryPath = binaryPath
        self.user = user
        self.clock = clock
        Task { await self.readToTheEnd() }
    }

    /// Starts `coord-agent attach` on a connection and greets the agent, both within `deadline`. `layout`: nil means
    /// the one of the host's scope.
    /// - Throws: ``AgentError``; nothing is left open then but the connection.
    public static func attach(
        to connection: any HostConnection, on endpoint: HostEndpoint, layout: AgentLayout? = nil,
        coordinatorVersion: String, versions: ClosedRange<UInt64> = ProtocolLimits.versions,
        clock: any Clock<Duration> = ContinuousClock(), deadline: Duration
    ) async throws(AgentError) -> (session: AgentSession, greeting: Greeting) {
        let layout = layout ?? AgentLayout(for: endpoint.agentScope)
        let end = Deadline(in: deadline, on: clock)
        let stream: any HostStream
        do {
            stream = try await connection.open(layout.attachCommand(for: endpoint.user), deadline: deadline)
        } catch { throw .unreachable(error) }
        let session = AgentSession(over: stream, binaryPath: layout.binaryPath, user: endpoint.user, clock: clock)
        do {
            let greeting = try await session.greet(
                coordinatorVersion: coordinatorVersion, versions: versions, deadline: end.remaining)
            return (session, greeting)
        } catch {
            await session.close()
            throw await session.explained(error)
        }
    }

    /// Where nothing came but what a login shell prints, that is worth telling.
    private func explained(_ error: AgentError) -> AgentError {
        guard case .timedOut(let what) = error, !frames.lastNoise.isEmpty else { return error }
        return .timedOut("\(what); the host says: \(frames.lastNoise)")
    }

    private func greet(
        coordinatorVersion: String, versions: ClosedRange<UInt64>, deadline: Duration
    ) async throws(AgentError) -> Greeting {
        let hello = Hello(
            lowestVersion: versions.lowerBound, highestVersion: versions.upperBound,
            coordinatorVersion: coordinatorVersion
        )
        guard case .hello(let greeting) = try await reply(to: .hello(hello), deadline: deadline) else {
            throw .protocolViolation("the first reply is no greeting")
        }
        guard versions.contains(greeting.version) else {
            throw .protocolViolation("the agent chose version \(greeting.version), which was not offered")
        }
        wasGreeted = true
        return greeting
    }

    /// Sends a request and waits for its reply. `onProgress` hears of a step while it runs, on this actor: be quick.
    /// - Throws: ``AgentError``: `refused` where the agent said no, else what became of the link, or of the waiting
    ///   task.
    public func reply(
        to request: Request, deadline: Duration, onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(AgentError) -> Reply {
        let answer = try await exchange(request, expecting: .reply(onProgress), deadline: deadline).get()
        guard let answer else { throw .protocolViolation("\(request.subject) was not answered") }
        return answer
    }

    /// Sends a chunk, which nobody answers; returns when the stream has taken it, so that a slow peer slows the caller.
    /// - Throws: ``AgentError``, as ``reply(to:deadline:onProgress:)``.
    public func deliver(_ chunk: Chunk, deadline: Duration) async throws(AgentError) {
        _ = try await exchange(.chunk(chunk), expecting: .delivery, deadline: deadline).get()
    }

    /// Ends the session; every waiter fails. Afterwards nothing is asked of the stream: the event loop below it may go.
    /// May be called again.
    public func close() async {
        fail(.unreachable(HostAccessError(.closed, "the connection was closed")))
        await stream.close()
        guard isReading else { return }
        await withCheckedContinuation { closers.append($0) }
    }
}

// MARK: - Waiting

extension AgentSession {
    private enum Expectation {
        case reply(@Sendable (Progress) -> Void)
        case delivery
    }

    private struct Waiter {
        let subject: String
        let expectation: Expectation
        let timer: Task<Void, Never>
        let continuation: CheckedContinuation<Result<Reply?, AgentError>, Never>
    }

    private func exchange(
        _ request: Request, expecting expectation: Expectation, deadline: Duration
    ) async -> Result<Reply?, AgentError> {
        if let failure { return .failure(failure) }
        if Task.isCancelled { return .failure(.cancelled) }
        precondition(waiters.count < Self.maximumOutstanding, "too many requests at once on one session")
        let frame = request.frame(id: lastID + 1)
        let limit = ProtocolLimits.maximumFrameBytes - Self.frameHeaderBytes
        guard frame.body.count <= limit else {
            let problem =
                "\(request.subject) takes \(frame.body.count) bytes; scripts and all, at most \(limit) travel at once"
            return .failure(.refused(Refusal(reason: .invalid, problem: problem)))
        }
        lastID = frame.id
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters[frame.id] = Waiter(
                    subject: request.subject, expectation: expectation, timer: timer(for: frame.id, deadline),
                    continuation: continuation
                )
                outbox.append((frame.id, frame.encoded))
                startWriting()
            }
        } onCancel: {
            Task { await self.settle(frame.id, .failure(.cancelled)) }
        }
    }

    private func timer(for id: UInt32, _ deadline: Duration) -> Task<Void, Never> {
        Task {
            // Throws only when the waiter is settled, and then nobody is left to be told.
            guard (try? await clock.sleep(for: deadline)) != nil, let subject = waiters[id]?.subject else { return }
            settle(id, .failure(.timedOut(subject)))
        }
    }

    /// Ends the waiting for one id, once; a frame of it that is not yet on its way is not sent.
    private func settle(_ id: UInt32, _ result: Result<Reply?, AgentError>) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        outbox.removeAll { $0.id == id }
        waiter.timer.cancel()
        waiter.continuation.resume(returning: result)
    }

    private func fail(_ error: AgentError) {
        guard failure == nil else { return }
        failure = error
        for id in waiters.keys { settle(id, .failure(error)) }
    }
}

// MARK: - The stream

extension AgentSession {
    private func startWriting() {
        guard !isWriting else { return }
        isWriting = true
        // A task of its own: a caller that is cancelled must not cut a frame in two.
        Task { await self.send() }
    }

    private func send() async {
        while failure == nil, !outbox.isEmpty {
            let (id, bytes) = outbox.removeFirst()
            do {
                try await stream.write(bytes)
            } catch {
                try? await clock.sleep(for: Self.writeFailureGrace)
                fail(.unreachable(error))
                return await stream.close()
            }
            if case .delivery = waiters[id]?.expectation { settle(id, .success(nil)) }
        }
        isWriting = false
    }

    /// Once nobody listens any more, the peer is told so.
    private func readToTheEnd() async {
        await receive()
        await stream.close()
        isReading = false
        for closer in closers { closer.resume() }
        closers = []
    }

    private func receive() async {
        do {
            while failure == nil, let bytes = try await stream.read() {
                try frames.feed(bytes)
                try dispatch()
            }
            guard failure == nil else { return }
            let (ending, tail) = await stream.ending()
            fail(
                AgentError(
                    attachEnded: ending, errorTail: tail, noise: frames.lastNoise, wasGreeted: wasGreeted,
                    binaryPath: binaryPath, user: user))
        } catch let error as HostAccessError {
            fail(.unreachable(error))
        } catch let error as AgentError {
            fail(error)
        } catch {
            fail(.protocolViolation("\(error)"))
        }
    }

    private func dispatch() throws {
        while failure == nil, let frame = try frames.next() {
            // Ids below are of waiters that have given up: their late replies are nobody's.
            guard frame.id >= 1, frame.id <= lastID else {
                throw AgentError.protocolViolation("a reply to request \(frame.id), which was not made")
            }
            try accept(try Reply(frame), for: frame.id)
        }
    }

    private func accept(_ reply: Reply, for id: UInt32) throws {
        guard let waiter = waiters[id] else { return }
        switch (reply, waiter.expectation) {
        case (.refused(let refusal), _): settle(id, .failure(.refused(refusal)))
        case (.progressed(let progress), .reply(let onProgress)): onProgress(progress)
        case (_, .reply): settle(id, .success(reply))
        case (_, .delivery): throw AgentError.protocolViolation("a chunk was answered")
        }
    }
}

extension Request {
    /// What was asked, for people who wait for it.
    var subject: String {
        switch self {
        case .hello: "greeting the agent"
        case .inspect: "inspecting the service"
        case .begin: "claiming the service"
        case .offer: "offering the artifact"
        case .chunk: "sending the artifact"
        case .perform(let perform): "step \(perform.step)"
        case .finish: "releasing the service"
        case .compare: "comparing the configuration"
        case .read: "reading a file of the configuration"
        case .exchange(let exchange): "asking \(exchange.address)"
        case .replace(let file): "replacing \(file.path)"
        case .countConnections(let question): "counting the connections to port \(question.port)"
        case .takeSample: "measuring the service"
        case .gatherEvidence: "gathering evidence"
        }
    }
}
