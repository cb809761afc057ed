import HostAccess
import NIOCore

/// One authenticated SSH connection. Dropping it and all its streams closes it too.
public final class SSHConnection: HostConnection {
    private let session: SSHSession

    init(session: SSHSession) { self.session = session }

    deinit { session.schedule { $0.close() } }

    public func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        try await session.run(command.shellText, input: input, outputLimit: outputLimit, deadline: deadline)
    }

    public func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream {
        let channel = try await session.open(command.shellText, deadline: deadline)
        return SSHStream(connection: self, session: session, channel: channel)
    }

    public func close() async {
        guard session.failure == nil else { return }
        await session.close()
        try? await session.ended.get()
    }
}

/// The standard streams of a command that runs on an SSH connection. Dropping it closes it too.
public final class SSHStream: HostStream {
    /// Keeps the connection open.
    private let connection: SSHConnection
    private let session: SSHSession
    private let channel: SSHSession.BoundChannel

    init(connection: SSHConnection, session: SSHSession, channel: SSHSession.BoundChannel) {
        self.connection = connection
        self.session = session
        self.channel = channel
    }

    deinit {
        let channel = channel
        session.schedule { $0.abandon(channel, SSHSession.closed) }
    }

    public func write(_ bytes: [UInt8]) async throws(HostAccessError) { try await session.write(bytes, to: channel) }

    public func read() async throws(HostAccessError) -> [UInt8]? { try await session.read(from: channel) }

    public func ending() async -> (CommandEnding, errorTail: [UInt8]) { await session.ending(of: channel) }

    public func close() async {
        guard session.failure == nil else { return }
        await session.abandon(channel, SSHSession.closed)
    }
}
