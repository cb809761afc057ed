import HostAccess
import NIOCore

/// One authenticated SSH connection. Dropping it and all its streams closes it too.
public final class SSHConnection: HostConnection {
    let session: SSHSession
    private let endpoint: HostEndpoint
    private let sudoPasswords: SudoPasswords

    init(session: SSHSession, endpoint: HostEndpoint, sudoPasswords: SudoPasswords) {
        self.session = session
        self.endpoint = endpoint
        self.sudoPasswords = sudoPasswords
    }

    deinit { session.schedule { $0.close() } }

    /// - Throws: also where sudo does not let a command in that asks for root and for which there is a password.
    public func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        let (text, gate) = try await remoteForm(of: command)
        do throws(HostAccessError) {
            return try await session.run(
                text, through: gate, input: input, outputLimit: outputLimit, deadline: deadline)
        } catch {
            sudoPasswords.note(error, of: endpoint)
            throw error
        }
    }

    /// - Throws: also where sudo does not let a command in that asks for root and for which there is a password.
    public func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream {
        let (text, gate) = try await remoteForm(of: command)
        do throws(HostAccessError) {
            let channel = try await session.open(text, through: gate, deadline: deadline)
            return SSHStream(connection: self, session: session, channel: channel)
        } catch {
            sudoPasswords.note(error, of: endpoint)
            throw error
        }
    }

    /// The text for the login shell. Without a password it names no shell of ours, so that a rule in sudoers(5) can
    /// allow just the one command.
    private func remoteForm(of command: Command) async throws(HostAccessError) -> (String, SudoGate?) {
        guard command.asRoot, let password = try await sudoPasswords.password(for: endpoint) else {
            return (command.shellText, nil)
        }
        let words = SudoWords()
        return (words.shellText(command), SudoGate(words: words, user: endpoint.user, password: password))
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
