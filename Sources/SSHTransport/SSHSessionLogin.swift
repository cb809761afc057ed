import FleetModel
import HostAccess
import NIOCore

/// All that a login needs to know.
struct LoginRequest: Sendable {
    var user: String
    var hostKeys: HostKeyCheck
    /// The keys to try, in order.
    var signers: [any Signer]

    /// sshd's MaxAuthTries is 6 unless set: one more would end the connection instead of the attempt.
    static let maximumKeys = 6
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
    case authentication(user: String, signer: any Signer)
}

extension SSHSession {
    /// Connects, checks the host's key, authenticates. Whatever fails, and cancelling, ends the session.
    func logIn(_ request: LoginRequest, by road: Road, within limit: TimeLimit) async throws(HostAccessError) {
        try await bounded(by: limit) { () throws(HostAccessError) in
            try await self.connect(road)
            try await self.shakeHands(Algorithms.hostKeys(preferring: request.hostKeys.known.types))
            guard let key = self.engine?.hostKey else { throw self.brokenError() }
            try request.hostKeys.check(key)
            try await self.authenticate(request)
        }
    }

    /// Connects and shakes hands, for the host key that the server presents and proves to have; ends the session.
    func hostKey(by road: Road, within limit: TimeLimit) async throws(HostAccessError) -> HostKey {
        defer { close() }
        var key: HostKey?
        try await bounded(by: limit) { () throws(HostAccessError) in
            try await self.connect(road)
            try await self.shakeHands(Algorithms.hostKey)
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
            "the \(stage.rawValue) was not complete after \(patience.spoken)",
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
        case .authentication(let user, let signer): return pollAuthentication(engine, user, signer)
        }
    }

    private func handshakeError(_ offer: EngineOffer) -> HostAccessError {
        let first = firstBytes ?? []
        if let disagreement = KeyExchangeOffer(firstBytes: first)?.disagreement(with: offer) { return disagreement }
        let error = brokenError()
        let text = String(decoding: first, as: UTF8.self)
        if startRefusal != nil || first.isEmpty || text.contains("SSH-") { return error }
        let line = text.printable(maximumBytes: first.count).prefix(80).split(whereSeparator: \.isNewline).first ?? ""
        return HostAccessError(
            .protocolViolation, "the peer does not speak SSH: it sent '\(line)'",
            hint: "is this the port that sshd listens on?")
    }
}

// MARK: - Authentication

extension SSHSession {
    private func authenticate(_ request: LoginRequest) async throws(HostAccessError) {
        stage = .authentication
        let signers = request.signers.prefix(LoginRequest.maximumKeys)
        var keyProblem: HostAccessError?
        for signer in signers {
            do throws(HostAccessError) {
                if try await isAccepted(signer, user: request.user) { return }
            } catch  where error.reason == .keyUnusable {
                keyProblem = error
            }
        }
        if let keyProblem { throw keyProblem }
        guard !signers.isEmpty else {
            throw HostAccessError(
                .authenticationFailed, "there is no key to log in with",
                hint: "make one with `ssh-keygen -t ed25519`, or load one into an ssh-agent with `ssh-add`")
        }
        let names = signers.map(\.name).joined(separator: ", ")
        throw HostAccessError(
            .authenticationFailed, "the host accepts none of these keys for the user '\(request.user)': \(names)",
            hint: "add the public key to ~\(request.user)/.ssh/authorized_keys on the host")
    }

    /// Offers a key; where the host takes it, signs. False where the host refuses the key.
    private func isAccepted(_ signer: any Signer, user: String) async throws(HostAccessError) -> Bool {
        engine?.transport.signing = .idle
        signing = nil
        defer { signing?.cancel() }
        let isAccepted = try await perform(.authentication(user: user, signer: signer))
        if !isAccepted, let problem = signingProblem.take() { throw problem }
        return isAccepted
    }

    private func pollAuthentication(
        _ engine: Engine, _ user: String, _ signer: any Signer
    ) -> Result<Bool, HostAccessError>? {
        switch engine.authenticate(user: user, publicKey: signer.publicKey) {
        case .success: return .success(true)
        case .failure(.wouldBlock):
            if signing == nil, case .wanted(let data) = engine.transport.signing {
                signing = Task { await sign(data, with: signer) }
            }
            return nil
        case .failure(.refused) where !linkHasEnded: return .success(false)
        case .failure: return .failure(brokenError())
        }
    }

    /// Signs away from the event loop: an agent may be asking a person, a key file may be under bcrypt.
    private func sign(_ data: [UInt8], with signer: any Signer) async {
        let answer: Result<[UInt8], HostAccessError>
        do throws(HostAccessError) {
            answer = .success(try await signer.sign(data))
        } catch {
            answer = .failure(error)
        }
        switch answer {
        case .success(let signature): engine?.transport.signing = .signed(signature)
        case .failure(let problem):
            signingProblem = problem
            engine?.transport.signing = .refused
        }
        pump()
    }
}

extension TimeAmount {
    /// A duration as the event loop's timers take it: from nothing to a year.
    init(bounded duration: Duration) {
        self = .milliseconds(min(max(duration.wholeMilliseconds, 0), 365 * 86_400_000))
    }
}
