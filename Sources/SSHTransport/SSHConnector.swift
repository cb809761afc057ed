import HostAccess
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Connects to hosts over SSH, with a strict check of their keys. Call ``shutdown()`` when done.
public final class SSHConnector: HostConnector {
    private let configuration: SSHConfiguration
    private let group: MultiThreadedEventLoopGroup
    private let knownHosts = KnownHostsFiles()
    private let identities: Identities
    private let gate: StartGate
    private let bastions = Bastions()
    private let sudoPasswords: SudoPasswords
    private static var timers: any EventLoop { MultiThreadedEventLoopGroup.singleton.next() }
    private let sessions = NIOLockedValueBox(Sessions())

    private struct Sessions {
        var open: [ObjectIdentifier: SSHSession] = [:]
        /// There will be no more: their event loops go.
        var areOver = false
    }

    public init(configuration: SSHConfiguration = SSHConfiguration()) {
        self.configuration = configuration
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threadCount))
        sudoPasswords = SudoPasswords(ask: configuration.sudoPassword)
        let group = group
        // Whoever waits when the connector is shut down is still told so.
        gate = StartGate(eventLoop: Self.timers)
        identities = Identities(
            keyRing: KeyRing(passphrase: configuration.passphrase),
            standardAgent: configuration.agentSocket, defaultFiles: configuration.defaultIdentityFiles,
            agent: { SSHAgent(socketPath: $0, group: group) })
    }

    public func connect(
        to endpoint: HostEndpoint, deadline: Duration
    ) async throws(HostAccessError) -> any HostConnection {
        let session = try await session(to: endpoint, within: TimeLimit(deadline))
        return SSHConnection(session: session, endpoint: endpoint, sudoPasswords: sudoPasswords)
    }

    private func session(
        to endpoint: HostEndpoint, within limit: TimeLimit
    ) async throws(HostAccessError) -> SSHSession {
        let request = LoginRequest(
            user: endpoint.user, hostKeys: try await hostKeyCheck(of: endpoint),
            choice: try await identities.choice(for: endpoint))
        let session = try await start(endpoint, within: limit) { session, road throws(HostAccessError) in
            try await session.logIn(request, by: road, within: limit)
            return session
        }
        await session.keepAlive(Aliveness(endpoint.settings, configuration))
        return session
    }

    /// Makes a session do something, over the endpoint's road and when it is its turn; comes back later where the
    /// server did not even begin.
    private func start<Result: Sendable>(
        _ endpoint: HostEndpoint, within limit: TimeLimit,
        _ use: (SSHSession, Road) async throws(HostAccessError) -> Result
    ) async throws(HostAccessError) -> Result {
        var retry = StartRetry()
        while true {
            do throws(LoginFailure) {
                return try await gate.pass(to: StartGate.Target(endpoint), until: limit) { () throws(LoginFailure) in
                    try await self.attempt(endpoint, within: limit, use)
                }
            } catch {
                guard let refusal = error.refusal, let delay = retry.delay(after: refusal), delay < limit.remaining
                else { throw error.error }
                do { try await Task.sleep(for: delay) } catch { throw SSHSession.cancelled }
            }
        }
    }

    private func attempt<Result: Sendable>(
        _ endpoint: HostEndpoint, within limit: TimeLimit,
        _ use: (SSHSession, Road) async throws(HostAccessError) -> Result
    ) async throws(LoginFailure) -> Result {
        let road: Road
        do throws(HostAccessError) {
            road = try await self.road(to: endpoint, within: limit)
        } catch {
            throw LoginFailure(error)
        }
        // The connector may have been shut down while the road was made, which has closed what there was of it.
        guard let session = makeSession(on: road.eventLoop ?? group.next()) else {
            throw LoginFailure(SSHSession.closed)
        }
        do throws(HostAccessError) {
            return try await gate.shakeHands(until: limit) { () throws(HostAccessError) in
                try await use(session, road)
            }
        } catch {
            guard !sessions.withLockedValue({ $0.areOver }) else { throw LoginFailure(error) }
            await session.close()
            await road.close()
            let refusal = await session.startRefusal
            // A proxy command that ends without a word has failed itself.
            let isOwnFailure = endpoint.settings.proxyCommand != nil && refusal == .silent
            throw LoginFailure(error, refusal: isOwnFailure ? nil : refusal)
        }
    }

    private func road(to endpoint: HostEndpoint, within limit: TimeLimit) async throws(HostAccessError) -> Road {
        let connectTimeout = endpoint.settings.connectTimeout.map { Duration.seconds($0) }
        if let command = endpoint.settings.proxyCommand { return .command(ProxyCommand(command: command)) }
        if let hop = endpoint.bastion {
            let bastion = bastions.bastion(hop, eventLoop: Self.timers) { [weak self] limit throws(HostAccessError) in
                guard let self else { throw SSHSession.closed }
                return try await self.session(to: hop, within: limit)
            }
            return .tunnel(
                try await bastion.tunnel(
                    to: endpoint.address, port: endpoint.port, connectTimeout: connectTimeout, until: limit))
        }
        let timeout = min(connectTimeout ?? limit.remaining, limit.remaining)
        return .address(Dial(address: endpoint.address, port: endpoint.port, timeout: TimeAmount(bounded: timeout)))
    }

    /// Nil once the connector is shut down.
    private func makeSession(on eventLoop: any EventLoop) -> SSHSession? {
        let session: SSHSession? = sessions.withLockedValue { sessions in
            guard !sessions.areOver else { return nil }
            let session = SSHSession(eventLoop: eventLoop)
            sessions.open[ObjectIdentifier(session)] = session
            return session
        }
        guard let session else { return nil }
        let id = ObjectIdentifier(session)
        session.ended.whenComplete { [sessions] _ in sessions.withLockedValue { _ = $0.open.removeValue(forKey: id) } }
        return session
    }

    /// Closes all connections and ends the threads; never fails. Nothing of the connector may be used after it, but
    /// closing a connection or a stream again does no harm.
    public func shutdown() async {
        let open = sessions.withLockedValue { sessions in
            sessions.areOver = true
            return Array(sessions.open.values)
        }
        for session in open { await session.close() }
        // A proxy command may take a moment to end.
        for session in open { try? await session.ended.get() }
        try? await group.shutdownGracefully()
    }
}

// MARK: - Host keys

extension SSHConnector {
    /// The key that a host presents and proves to have, for a person to compare and record: one of a kind that is known
    /// of the host where it has one, then of the `preferred` kinds. Nothing is trusted by it; the hosts that it is
    /// reached through are checked as always.
    ///
    /// - Throws: `HostAccessError` where the host cannot be reached or does not speak SSH.
    public func hostKey(
        of endpoint: HostEndpoint, preferring preferred: Set<String> = [], deadline: Duration
    ) async throws(HostAccessError) -> HostKey {
        let limit = TimeLimit(deadline)
        let known = try await knownHosts.keys(KnownHostName(of: endpoint), in: knownHostsPaths(of: endpoint)).types
        let algorithms = Algorithms.hostKeys(preferring: known.isEmpty ? preferred : known)
        return try await start(endpoint, within: limit) { session, road throws(HostAccessError) in
            try await session.hostKey(by: road, algorithms: algorithms, within: limit)
        }
    }

    /// What is recorded about a host, held against a key that it presented.
    ///
    /// - Throws: `HostAccessError` where a known_hosts file cannot be read.
    public func state(of key: HostKey, for endpoint: HostEndpoint) async throws(HostAccessError) -> HostKeyState {
        let check = try await hostKeyCheck(of: endpoint)
        return HostKeyState(check.known.verdict(on: key), of: check.name)
    }

    /// Adds a host's key to the first of its known_hosts files, unless it is there; nothing else is changed.
    ///
    /// - Throws: `HostAccessError` where the file cannot be written.
    /// - Returns: the file's path.
    @discardableResult
    public func record(_ key: HostKey, for endpoint: HostEndpoint) async throws(HostAccessError) -> String {
        let paths = knownHostsPaths(of: endpoint)
        _ = try await knownHosts.record(key, as: KnownHostName(of: endpoint), in: paths)
        return paths.first ?? ""
    }

    private func hostKeyCheck(of endpoint: HostEndpoint) async throws(HostAccessError) -> HostKeyCheck {
        let (name, paths) = (KnownHostName(of: endpoint), knownHostsPaths(of: endpoint))
        return HostKeyCheck(
            endpoint: endpoint, name: name, known: try await knownHosts.keys(name, in: paths), paths: paths,
            files: knownHosts, recorded: configuration.hostKeyRecorded)
    }

    private func knownHostsPaths(of endpoint: HostEndpoint) -> [String] {
        (endpoint.settings.knownHostsFiles ?? configuration.knownHostsFiles).map(SSHConfiguration.expanded)
    }
}
