import CLibSSH2
import FleetModel
import Glibc
import HostAccess
import NIOCore
import NIOPosix

/// A command of this machine whose standard streams lead to a host's sshd: ssh's `ProxyCommand`, with its tokens
/// replaced.
struct ProxyCommand: Sendable {
    var command: String

    /// Starts the command in a process group of its own, so that neither Ctrl-C on the terminal nor what it leaves
    /// behind outlives the wish for it.
    func start() throws(HostAccessError) -> ProxyProcess {
        let streams = try socketPair()
        let errors: (ours: CInt, theirs: CInt)
        do throws(HostAccessError) {
            errors = try socketPair()
        } catch {
            [streams.ours, streams.theirs].forEach { close($0) }
            throw error
        }
        let started = spawn(streams: streams.theirs, errors: errors.theirs)
        [streams.theirs, errors.theirs].forEach { close($0) }
        switch started {
        case .success(let pid): return ProxyProcess(pid: pid, streams: streams.ours, errors: errors.ours)
        case .failure(let error):
            [streams.ours, errors.ours].forEach { close($0) }
            throw error
        }
    }

    private func socketPair() throws(HostAccessError) -> (ours: CInt, theirs: CInt) {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw failure(errno)
        }
        return (ends[0], ends[1])
    }

    private func spawn(streams: CInt, errors: CInt) -> Result<pid_t, HostAccessError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (from, to) in [(streams, 0), (streams, 1), (errors, 2)] as [(CInt, CInt)] {
            posix_spawn_file_actions_adddup2(&actions, from, to)
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What we ignore or block is no business of the command's.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let arguments = ["/bin/sh", "-c", "exec \(command)"]
        let words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, words, environ)
        return code == 0 ? .success(pid) : .failure(failure(code))
    }

    private func failure(_ code: CInt) -> HostAccessError {
        HostAccessError(
            .connectionLost, "the proxy command '\(shown)' cannot be started: \(String(cString: strerror(code)))")
    }

    /// What ended the connection, in the command's own words where it had any.
    func lastWords(_ errorTail: [UInt8]) -> String {
        let lines = String(decoding: errorTail, as: UTF8.self).printable().split(separator: "\n")
        let said = lines.last { !$0.allSatisfy(\.isWhitespace) }.map { ", saying '\($0)'" }
        return "the proxy command '\(shown)' ended" + (said ?? "")
    }

    private var shown: String { command.count > 80 ? command.prefix(80) + "…" : command }
}

/// A running ``ProxyCommand``.
struct ProxyProcess: Sendable {
    let pid: pid_t
    /// Its standard input and output: a socket.
    let streams: CInt
    /// Its standard error: a socket too.
    let errors: CInt

    enum Limits {
        static let errorTailBytes = 4096
        /// From the hang-up to the kill.
        static let ending = Duration.milliseconds(500)
    }

    /// Ends the command and all of its group; done when none of it is left.
    func end(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        kill(-pid, SIGHUP)
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { reap() }
    }

    /// The process must not be reaped before its group was killed: until then nobody else can get its number.
    private func reap() {
        let start = ContinuousClock.now
        var info = siginfo_t()
        let options = WEXITED | WNOHANG | WNOWAIT
        while start.duration(to: .now) < Limits.ending {
            info.si_signo = 0
            guard waitid(P_PID, id_t(pid), &info, options) == 0, info.si_signo == 0 else { break }
            usleep(10_000)
        }
        kill(-pid, SIGKILL)
        waitpid(pid, nil, 0)
    }
}

/// Keeps the last of what a proxy command says on its standard error.
final class ProxyErrors: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var tail = BoundedBytes(limit: ProxyProcess.Limits.errorTailBytes, keeps: .end)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { tail.append($0) }
    }
}
