import FleetModel
import HostAccess
import NIOConcurrencyHelpers
import NIOCore

/// One SSH connection: owns the protocol engine, its byte pipe and the commands on it, all on one event loop.
///
/// It is the unit of failure: whatever goes wrong with the link or the protocol ends the session, and everybody who
/// waits for anything of it gets the same error. The engine is never used after that.
actor SSHSession {
    nonisolated let eventLoop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    private(set) var engine: Engine?
    private var pipe: (any BytePipe)?
    /// What the pipe said about its end.
    private var pipeProblem: String?
    /// Why the session is over. Whoever may find its event loop gone too can ask as well.
    nonisolated var failure: HostAccessError? { reason.withLockedValue { $0 } }
    private var channels: [any DrivenChannel] = []
    /// Whose turn it is to be asked first: where there is no room for all, each gets some of it.
    private var nextChannel = 0
    private var login: LoginWait?
    private var isPumping = false
    private var mustPumpAgain = false
    private var isPumpDue = false
    private var lastInput = NIODeadline.now()
    private var heartbeat: Scheduled<Void>?
    private var drain: Scheduled<Void>?
    /// The first bytes from the peer, until the handshake is done: they tell what went wrong with it.
    var firstBytes: [UInt8]? = []
    /// What the pipe leads to, where that is a command of this machine.
    var proxy: ProxyProcess?
    private let endPromise: EventLoopPromise<Void>
    private let reason = NIOLockedValueBox<HostAccessError?>(nil)

    // Of the login only:
    var stage = LoginStage.connection
    /// The server hung up before it began.
    var startRefusal: StartRefusal?
    /// The sockets that are being connected.
    var tried: [any Channel] = []
    /// Signs with a key that the host would take.
    var signing: Task<Void, Never>?
    /// Why that key could not sign.
    var signingProblem: HostAccessError?
    /// What the server takes after it has refused all keys.
    var loginKinds: [String] = []

    private struct LoginWait {
        var step: LoginStep
        var continuation: CheckedContinuation<Result<Bool, HostAccessError>, Never>
    }

    enum Limits {
        /// What a session holds for a peer that is slower than we are, besides the pipe's own limit.
        static let unsentBytes = 256 << 10
        /// Turns of the pump before others on the event loop get theirs: about 1 MiB.
        static let pumpTurns = 4
        /// Bytes that nobody asked for, or before the handshake is done: a peer that sends more is not an SSH server.
        static let unreadBytes = 1 << 20
        static let handshakeBytes = 256 << 10
        /// What libssh2 may hold for a session, and for each of its channels, whose windows are 2 MiB. It keeps every
        /// packet that nobody waits for: a host that sends without end must not take all our memory.
        static let heldBytes = 32 << 20
        static let heldBytesPerChannel = 8 << 20
        /// How long a channel may take to close.
        static let closing = TimeAmount.seconds(30)
        /// How long input may lie unread while no command runs, before we look what it is: keepalives must be answered.
        static let unreadTime = TimeAmount.seconds(1)
    }

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        engine = Engine()
        endPromise = eventLoop.makePromise()
        if engine == nil {
            reason.withLockedValue { $0 = HostAccessError(.closed, "libssh2 cannot be started: out of memory") }
            endPromise.succeed()
        }
    }

    /// Done when the session is over.
    nonisolated var ended: EventLoopFuture<Void> { endPromise.futureResult }
    /// Does something on the session's event loop, unless the session is over.
    nonisolated func schedule(_ action: @escaping @Sendable (isolated SSHSession) -> Void) {
        guard failure == nil else { return }
        eventLoop.execute { self.assumeIsolated(action) }
    }
}

// MARK: - The pipe

extension SSHSession {
    func attach(_ pipe: any BytePipe) {
        guard failure == nil else { return pipe.close() }
        self.pipe = pipe
        lastInput = .now()
        pump()
    }

    var isAttached: Bool { pipe != nil }
    /// The peer has said, or shown, that there will be no more.
    var linkHasEnded: Bool {
        guard let engine else { return true }
        return engine.transport.inputHasEnded || engine.transport.disconnectMessage != nil
    }

    func received(_ bytes: ByteBuffer) {
        guard failure == nil, let engine else { return }
        lastInput = .now()
        var bytes = bytes
        if let first = firstBytes {
            firstBytes = first + bytes.readableBytesView.prefix(max(0, Limits.handshakeBytes - first.count))
            if first.count + bytes.readableBytes > Limits.handshakeBytes {
                return fail(HostAccessError(.protocolViolation, "the peer does not speak SSH: it sends without end"))
            }
        }
        // A buffer keeps what was read until it is told not to: all that a session ever received, and at 4 GiB its
        // indices overflow.
        engine.transport.received.discardReadBytes()
        engine.transport.received.writeBuffer(&bytes)
    }

    func pipeEnded(because reason: String?) {
        guard failure == nil, let engine else { return }
        engine.transport.inputHasEnded = true
        pipeProblem = reason
        // What has arrived may still complete what somebody waits for.
        pump()
        fail(lostError())
    }

    /// Why the engine cannot go on, from what we know ourselves: libssh2's codes call a lost connection many things.
    func brokenError() -> HostAccessError {
        guard let engine, failure == nil else { return failure ?? Self.closed }
        if linkHasEnded { return lostError() }
        return HostAccessError(.protocolViolation, "the SSH protocol failed: \(engine.lastProblem)")
    }

    private func lostError() -> HostAccessError {
        if let message = engine?.transport.disconnectMessage {
            return HostAccessError(.connectionLost, "the host ended the connection: \(message)")
        }
        var lost = HostAccessError(.connectionLost, "the connection was lost" + (pipeProblem.map { ": \($0)" } ?? ""))
        guard let firstBytes else { return lost }
        if Self.isTooOld(firstBytes) {
            return HostAccessError(
                .protocolViolation, "the host speaks version 1 of the SSH protocol only",
                hint: "set up a newer sshd there: version 2 is from 2006")
        }
        startRefusal = StartRefusal(firstBytes: firstBytes)
        if startRefusal == .silent {
            lost.hint =
                proxy == nil
                ? "sshd drops connections beyond its MaxStartups, and those that its rules refuse"
                : "run the command by hand: it must connect its input and output to the host's sshd"
        }
        return startRefusal?.error ?? Self.stranger(firstBytes, startRefusal) ?? lost
    }

    /// The error about a peer that spoke, and not SSH.
    static func stranger(_ greeting: [UInt8], _ refusal: StartRefusal?) -> HostAccessError? {
        let text = String(decoding: greeting, as: UTF8.self)
        guard refusal == nil, !greeting.isEmpty, !text.contains("SSH-") else { return nil }
        let line = text.printable(maximumBytes: greeting.count).prefix(80).split(whereSeparator: \.isNewline).first
        return HostAccessError(
            .protocolViolation, "the peer does not speak SSH: it sent '\(line ?? "")'",
            hint: "is this the port that sshd listens on?")
    }

    /// RFC 4253 §5: 1.99 speaks 2.0 as well.
    private static func isTooOld(_ greeting: [UInt8]) -> Bool {
        greeting.starts(with: "SSH-1.".utf8) && !greeting.starts(with: "SSH-1.99".utf8)
    }

    static let closed = HostAccessError(.closed, "the connection is closed")
    static let cancelled = HostAccessError(.closed, "cancelled")
    private static let unaskedFor = HostAccessError(.protocolViolation, "the host sends what nobody asked for")
}

// MARK: - The pump

extension SSHSession {
    /// Asks everybody who waits whether they can go on, until nobody can, and sends what that gave.
    ///
    /// Sending can make room, for which a writer may have stopped: nothing else would tell it, so the turns go on.
    func pump() {
        guard !isPumping else {
            mustPumpAgain = true
            return
        }
        isPumping = true
        var turns = 0
        repeat {
            mustPumpAgain = false
            pollAll()
            mustPumpAgain = flush() || mustPumpAgain
            turns += 1
        } while mustPumpAgain && turns < Limits.pumpTurns && failure == nil
        isPumping = false
        if mustPumpAgain, failure == nil { schedule { $0.pump() } }
        watchHeldBytes()
        watchUnreadInput()
    }

    /// Pumps before long, once for all who ask meanwhile.
    func pumpSoon() {
        guard !isPumping else {
            mustPumpAgain = true
            return
        }
        guard !isPumpDue, failure == nil else { return }
        isPumpDue = true
        schedule { session in
            session.isPumpDue = false
            session.pump()
        }
    }

    /// True when a full buffer was emptied, so that writers can go on.
    private func flush() -> Bool {
        guard let engine, let pipe, engine.transport.unsent.readableBytes > 0 else { return false }
        let bytes = engine.transport.unsent
        engine.transport.unsent = ByteBufferAllocator().buffer(capacity: bytes.readableBytes)
        pipe.send(bytes)
        return bytes.readableBytes >= Limits.unsentBytes && pipe.hasRoom
    }

    private func pollAll() {
        var moved = true
        while moved, failure == nil, let engine {
            let unread = engine.transport.received.readableBytes
            moved = pollLogin()
            moved = pollChannels(engine) || moved
            // Whoever took in bytes took in everybody's.
            moved = moved || engine.transport.received.readableBytes != unread
        }
    }

    private func pollLogin() -> Bool {
        guard let wait = login, let result = poll(wait.step) else { return false }
        login = nil
        wait.continuation.resume(returning: result)
        return true
    }

    private func pollChannels(_ engine: Engine) -> Bool {
        let hasRoom = { [pipe] in engine.transport.unsent.readableBytes < Limits.unsentBytes && pipe?.hasRoom == true }
        // A session can have only one request under way.
        let starting = channels.first { $0.hasRequestUnderWay } ?? channels.first { $0.isStarting }
        let (channels, first) = (channels, nextChannel)
        var moved = false
        for offset in channels.indices {
            let channel = channels[(first + offset) % channels.count]
            if channel.isStarting, channel !== starting { continue }
            let hadRoom = hasRoom()
            do throws(CallFailure) {
                moved = try channel.poll(engine, hasRoom: hasRoom) || moved
            } catch {
                fail(brokenError())
                return false
            }
            if hadRoom, !hasRoom() { nextChannel = (first + offset + 1) % channels.count }
            if let command = channel as? CommandChannel, case .closing = command.phase { limitClosing(command) }
        }
        removeEndedChannels()
        return moved
    }

    private func removeEndedChannels() {
        channels.removeAll { channel in
            if channel.isEnded { channel.alarm?.cancel() }
            return channel.isEnded
        }
    }

    private func limitClosing(_ channel: CommandChannel) {
        guard !channel.isClosingLimited else { return }
        channel.isClosingLimited = true
        channel.alarm?.cancel()
        channel.alarm = alarm(in: Limits.closing) { session in
            session.fail(HostAccessError(.timedOut, "the host does not answer the closing of a channel"))
        }
    }

    private func watchHeldBytes() {
        guard let held = engine?.transport.heldBytes,
            held > Limits.heldBytes + channels.count * Limits.heldBytesPerChannel
        else { return }
        fail(Self.unaskedFor)
    }

    /// Reading needs a channel. Where none is open, input that lies there for a while gets one, for a moment.
    private func watchUnreadInput() {
        guard failure == nil, let unread = engine?.transport.received.readableBytes, unread > 0, firstBytes == nil
        else { return }
        guard unread <= Limits.unreadBytes else {
            return fail(Self.unaskedFor)
        }
        guard drain == nil, login == nil else { return }
        drain = alarm(in: Limits.unreadTime) { session in
            session.drain = nil
            guard session.failure == nil, session.channels.isEmpty, session.login == nil else { return }
            session.add(CommandChannel(command: nil, input: [], use: .streamed))
            session.pump()
        }
    }
}

// MARK: - Its life

extension SSHSession {
    /// Suspends the login until a step is done, with its result, or the session is over.
    func perform(_ step: LoginStep) async throws(HostAccessError) -> Bool {
        precondition(login == nil, "the login takes one step at a time")
        if let failure { throw failure }
        let result = await withCheckedContinuation { continuation in
            login = LoginWait(step: step, continuation: continuation)
            pump()
        }
        return try result.get()
    }

    func keepAlive(_ aliveness: Aliveness?) {
        guard failure == nil, let aliveness else { return }
        beat(aliveness)
    }

    private func beat(_ aliveness: Aliveness) {
        heartbeat = alarm(in: aliveness.interval) { session in
            guard session.failure == nil, let engine = session.engine else { return }
            let silence = NIODeadline.now() - session.lastInput
            if silence >= aliveness.silenceLimit {
                let seconds = silence.nanoseconds / 1_000_000_000
                return session.fail(HostAccessError(.connectionLost, "the host has sent nothing for \(seconds) s"))
            }
            if case .failure(.broken) = engine.sendKeepalive() { return session.fail(session.brokenError()) }
            session.pump()
            session.beat(aliveness)
        }
    }

    /// Runs an action later on this session, unless it is cancelled or the session is gone.
    func alarm(in time: TimeAmount, _ action: @escaping @Sendable (isolated SSHSession) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.assumeIsolated(action) }
    }

    /// Ends the session at once: everybody who waits gets the error, the engine is freed, the pipe is closed.
    func fail(_ error: HostAccessError) {
        guard failure == nil else { return }
        reason.withLockedValue { $0 = error }
        heartbeat?.cancel()
        signing?.cancel()
        drain?.cancel()
        let ending = channels
        channels = []
        for channel in ending { channel.sessionFailed(error) }
        login?.continuation.resume(returning: .failure(error))
        login = nil
        engine = nil
        pipe?.close()
        pipe = nil
        for channel in tried { channel.close(promise: nil) }
        tried = []
        if let proxy { proxy.end(on: eventLoop).cascade(to: endPromise) } else { endPromise.succeed() }
    }

    /// Says goodbye and ends the session.
    func close() {
        guard failure == nil else { return }
        if let engine, pipe != nil {
            engine.sendDisconnect()
            _ = flush()
        }
        fail(Self.closed)
    }

    /// Puts a channel in line; the next pump drives it.
    func add(_ channel: any DrivenChannel) { channels.append(channel) }
}
