import FleetModel
import HostAccess
import NIOCore

/// All that a login needs to know.
struct LoginRequest: Sendable {
    var user: String
    var hostKeys: HostKeyCheck
    /// The keys and certificates to try.
    var choice: IdentityChoice
}

/// How far a login has come, as messages name it.
enum LoginStage: String, Sendable {
    case connection
    case handshake = "SSH handshake"
    case authentication
}

/// What a login waits for, one after the other.
enum LoginStep {
    case connecting
    case handshake(EngineOffer)
    case authentication(user: String, Identity)
    /// After the last key.
    case loginKinds(user: String)
}

extension SSHSession {
    /// Connects, checks the host's key, authenticates. Whatever fails, and cancelling, ends the session.
    func logIn(_ request: LoginRequest, by road: Road, within limit: TimeLimit) async throws(HostAccessError) {
        try await bounded(by: limit) { () throws(HostAccessError) in
            try await self.connect(road)
            try await self.shakeHands(Algorithms.hostKeys(preferring: request.hostKeys.known.types))
            guard let key = self.engine?.hostKey else { throw self.brokenError() }
            try await request.hostKeys.check(key)
            try await self.authenticate(request)
        }
    }

    /// Connects and shakes hands, for the host key that the server presents and proves to have; ends the session.
    func hostKey(
        by road: Road, algorithms: [String], within limit: TimeLimit
    ) async throws(HostAccessError) -> HostKey {
        defer { close() }
        var key: HostKey?
        try await bounded(by: limit) { () throws(HostAccessError) in
            try await self.connect(road)
            try await self.shakeHands(algorithms)
            key = self.engine?.hostKey
        }
        guard let key else { throw brokenError() }
        return key
    }

    private func bounded(
        by limit: TimeLimit, _ steps: () async throws(HostAccessError) -> Void
    ) async throws(HostAccessError) {
        let alarm = alarm(in: TimeAmount(bounded: limit.remaining)) { $0.fail($0.loginTimedOut(after: limit.patience)) }
        defer { alarm.cancel() }
        let error: HostAccessError? = await withTaskCancellationHandler {
            do throws(HostAccessError) {
                try await steps()
                return nil
            } catch {
                return error
            }
        } onCancel: {
            schedule { $0.fail(Self.cancelled) }
        }
        guard let error else { return }
        fail(error)
        throw error
    }

    private func loginTimedOut(after patience: Duration) -> HostAccessError {
        HostAccessError(
            stage == .connection ? .connectionTimedOut : .timedOut,
            "the \(stage.rawValue) was not complete after \(patience.roundedToSeconds.spoken)",
            hint: stage == .connection ? "the host is down, or a firewall drops packets to its SSH port" : nil)
    }
}

// MARK: - Connecting

extension SSHSession {
    private func connect(_ road: Road) async throws(HostAccessError) {
        switch road {
        case .address(let dial): start(dial)
        case .command(let command): start(command)
        case .tunnel(let tunnel): attach(tunnel)
        }
        _ = try await perform(.connecting)
    }

    private func start(_ dial: Dial) {
        dial.start(on: eventLoop) { channel in self.assumeIsolated { $0.tried.append(channel) } }
            .assumeIsolated()
            .whenComplete { result in self.assumeIsolated { $0.connected(result.mapError { dial.failure($0) }) } }
    }

    private func connected(_ result: Result<any Channel, HostAccessError>) {
        tried = []
        switch result {
        case .failure(let error): fail(error)
        case .success(let channel):
            do {
                try channel.pipeline.syncOperations.addHandler(SocketReader(session: self))
                attach(SocketPipe(channel: channel))
            } catch {
                // Closed while it was being connected.
                channel.close(promise: nil)
                fail(HostAccessError(.connectionLost, "the connection was lost at once"))
            }
        }
    }

    private func shakeHands(_ algorithms: [String]) async throws(HostAccessError) {
        guard let engine else { throw brokenError() }
        stage = .handshake
        let offer = Algorithms.offer(hostKeys: algorithms, on: engine)
        _ = try await perform(.handshake(offer))
        firstBytes = nil
    }

    /// A step's result; nil while it needs more input.
    func poll(_ step: LoginStep) -> Result<Bool, HostAccessError>? {
        guard let engine else { return .failure(brokenError()) }
        switch step {
        case .connecting: return isAttached ? .success(true) : nil
        case .handshake(let offer):
            switch engine.handshake() {
            case .success: return .success(true)
            case .failure(.wouldBlock): return nil
            case .failure: return .failure(handshakeError(offer))
            }
        case .authentication(let user, let identity): return pollAuthentication(engine, user, identity)
        case .loginKinds(let user):
            switch engine.loginKinds(user: user) {
            case .success(let kinds): loginKinds = kinds.split(separator: ",").map { String($0).printable() }
            case .failure(.wouldBlock): return nil
            case .failure: break
            }
            return .success(true)
        }
    }

    private func handshakeError(_ offer: EngineOffer) -> HostAccessError {
        let first = firstBytes ?? []
        if let disagreement = KeyExchangeOffer(firstBytes: first)?.disagreement(with: offer) { return disagreement }
        let error = brokenError()
        return Self.stranger(first, startRefusal) ?? error
    }
}

extension TimeAmount {
    /// A duration as the event loop's timers take it: from nothing to a year.
    init(bounded duration: Duration) {
        self = .milliseconds(min(max(duration.wholeMilliseconds, 0), 365 * 86_400_000))
    }
}
