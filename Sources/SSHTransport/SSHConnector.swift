import HostAccess
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Connects to hosts over SSH, with a strict check of their keys. Call ``shutdown()`` when done.
public final class SSHConnector: HostConnector {
    private let configuration: SSHConfiguration
    private let group: MultiThreadedEventLoopGroup
    private let knownHosts: KnownHostsFiles
    private let identities: Identities
    private let sudoPasswords: SudoPasswords
    private let sessions = NIOLockedValueBox<[ObjectIdentifier: SSHSession]>([:])

    public init(configuration: SSHConfiguration = SSHConfiguration()) {
        self.configuration = configuration
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threadCount))
        knownHosts = KnownHostsFiles(paths: configuration.knownHostsFiles)
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
            hostKeys: HostKeyCheck(
                address: endpoint.address, port: endpoint.port,
                known: try await knownHosts.keys(address: endpoint.address, port: endpoint.port)),
            choice: await identities.choice(for: endpoint),
            patience: deadline)
        let session = makeSession()
        try await session.logIn(request)
        await session.keepAlive(
            every: TimeAmount(bounded: configuration.keepaliveInterval),
            silenceLimit: TimeAmount(bounded: configuration.silenceLimit))
        return SSHConnection(session: session, endpoint: endpoint, sudoPasswords: sudoPasswords)
    }

    /// The key that a host presents and proves to have, for a person to compare and record. Nothing is trusted by it.
    ///
    /// - Throws: `HostAccessError` where the host cannot be reached or does not speak SSH.
    public func hostKey(
        of address: String, port: Int, deadline: Duration
    ) async throws(HostAccessError) -> HostKey {
        let session = makeSession()
        let dial = Dial(address: address, port: port, timeout: TimeAmount(bounded: deadline))
        return try await session.hostKey(dial, patience: deadline)
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
