import AgentProtocol
import CAgentShim
import Glibc

/// `coord-agent attach`: carries bytes between standard input, standard output and the daemon's socket, until either
/// ends.
struct Attachment {
    /// How long a daemon that was started here may take until it listens.
    private static let startMilliseconds: UInt64 = 5_000

    let stateDirectory: String
    let socketPath: String
    /// Put ``AttachMarks`` around what the daemon sends.
    let isMarked: Bool

    /// A file that is there where no service manager starts the daemon: where none listens then, it is started here.
    static func startsOnAttachPath(in stateDirectory: String) -> String { stateDirectory + "/start-on-attach" }

    func run() throws(SystemError) {
        let socket = try connect()
        signal(SIGPIPE, SIG_IGN)
        if isMarked { try FileSystem.write(AttachMarks.beginning, to: STDOUT_FILENO, at: "the output") }
        // Restored at the end: a terminal is shared with the shell.
        let before = [STDIN_FILENO, STDOUT_FILENO].map { agent_set_nonblocking($0, 1) }
        var up = Pump(from: STDIN_FILENO, to: socket)
        var down = Pump(from: socket, to: STDOUT_FILENO)
        while !(up.isOver || down.isOver) {
            var polled = up.polled + down.polled
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else {
                throw SystemError(errno, "cannot poll")
            }
            up.move()
            down.move()
        }
        for (descriptor, flags) in zip([STDIN_FILENO, STDOUT_FILENO], before) where flags & O_NONBLOCK == 0 {
            agent_set_nonblocking(descriptor, 0)
        }
        // Whoever closed our output does not want it.
        if isMarked { try? FileSystem.write(AttachMarks.end, to: STDOUT_FILENO, at: "the output") }
    }

    private func connect() throws(SystemError) -> Int32 {
        do throws(SystemError) {
            return try UnixSocket.open(socketPath, for: .attaching)
        } catch {
            guard error.code == ENOENT || error.code == ECONNREFUSED,
                access(Self.startsOnAttachPath(in: stateDirectory), F_OK) == 0
            else { throw error }
        }
        try startDaemon()
        let deadline = EventLoop.now() + Self.startMilliseconds
        while true {
            do throws(SystemError) {
                return try UnixSocket.open(socketPath, for: .attaching)
            } catch {
                guard EventLoop.now() < deadline else { throw error }
            }
            // There is nothing to wait on before the socket is there.
            usleep(2_000)
        }
    }

    private func startDaemon() throws(SystemError) {
        try FileSystem.makeDirectory(stateDirectory, mode: 0o700)
        let path = stateDirectory + "/log"
        let log = agent_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
        guard log >= 0 else { throw SystemError(errno, "cannot open \(path)") }
        defer { close(log) }
        var command = Command.ourselves(["run", "--state", stateDirectory, "--socket", socketPath])
        command.environment = Surroundings.basicEnvironment
        command.isDetached = true
        _ = try command.spawn(output: log, errors: log)
    }
}
