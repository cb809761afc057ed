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
    private let sudoPasswords: SudoPasswords
    private let sessions = NIOLockedValueBox<[ObjectIdentifier: SSHSession]>([:])

    public init(configuration: SSHConfiguration = SSHConfiguration()) {
        self.configuration = configuration
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threadCount))
        sudoPasswords = SudoPasswords(ask: configuration.sudoPassword)
        let group = group
        identities = Identities(
            keyRing: KeyRing(passphrase: configuration.passphrase),
            standardAgent: configuration.agentSocket, defaultFiles: configuration.defaultIdentityFiles,
            agent: { SSHAgent(socketPath: $0, group: group) })
    }

    public func connect(
        to endpoint: HostEndpoint, deadline: Duration
    ) async throws(HostAccessError) -> any HostConnection {
        let request = LoginRequest(
            dial: Dial(address: endpoint.address, port: endpoint.port, timeout: TimeAmount(bounded: deadline)),
            user: endpoint.user,
            hostKeys: try await hostKeyCheck(of: endpoint),
            choice: try await identities.choice(for: endpoint),
            patience: deadline)
        let session = makeSession()
        try await session.logIn(request)
        await session.keepAlive(
            every: TimeAmount(bounded: configuration.keepaliveInterval),
            silenceLimit: TimeAmount(bounded: configuration.silenceLimit))
        return SSHConnection(session: session, endpoint: endpoint, sudoPasswords: sudoPasswords)
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

    /// The key that a host presents and proves to have, for a person to compare and record: one of a kind that is known
    /// of the host where it has one, then of the `preferred` kinds. Nothing is trusted by it.
    ///
    /// - Throws: `HostAccessError` where the host cannot be reached or does not speak SSH.
    public func hostKey(
        of endpoint: HostEndpoint, preferring preferred: Set<String> = [], deadline: Duration
    ) async throws(HostAccessError) -> HostKey {
        let known = try await knownHosts.keys(KnownHostName(of: endpoint), in: knownHostsPaths(of: endpoint)).types
        let session = makeSession()
        let dial = Dial(
            address: endpoint.address, port: endpoint.port, timeout: TimeAmount(bounded: deadline))
        let algorithms = Algorithms.hostKeys(preferring: known.isEmpty ? preferred : known)
        return try await session.hostKey(dial, algorithms: algorithms, patience: deadline)
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

    private func makeSession() -> SSHSession {
        let session = SSHSession(eventLoop: group.next())
        let id = ObjectIdentifier(session)
        sessions.withLockedValue { $0[id] = session }
        session.ended.whenComplete { [sessions] _ in sessions.withLockedValue { _ = $0.removeValue(forKey: id) } }
        return session
    }

    /// Closes all connections and ends the threads; never fails. Nothing of the connector may be used after it, but
    /// closing a connection or a stream again does no harm.
    public func shutdown() async {
        for session in sessions.withLockedValue({ Array($0.values) }) { await session.close() }
        try? await group.shutdownGracefully()
    }
}
