import AgentProtocol
import CAgentShim
import Glibc

/// `coord-agent run`: serves until it is told to end.
struct Daemon {
    /// How long a step that is changing what runs may still take when the agent is told to end, for an upgrade say;
    /// less than the service managers wait (TimeoutStopSec= of the unit).
    private static let drainMilliseconds: UInt64 = 8_000

    let stateDirectory: String
    let socketPath: String

    func run() throws(SystemError) {
        // What releases and hooks make has ordinary modes (systemd.exec(5), UMask=); what is private here says so
        // itself.
        umask(0o022)
        let loop = EventLoop()
        let children = Children(loop: loop)
        let environment = try AgentEnvironment(stateDirectory: stateDirectory, children: children)
        try lock()
        let agent = Agent(environment)
        try watchSignals(loop, children, agent)
        try agent.recover()
        let listener = try Listener(path: socketPath, loop: loop) { request, id, client in
            agent.handle(request, id: id, from: client)
        }
        Log.write("version \(ProductVersion.text) listens at \(socketPath)")
        try withExtendedLifetime(listener) { () throws(SystemError) in try loop.run() }
        agent.stop()
        children.killAll()
        unlink(socketPath)
        Log.write("ends; what it was doing is taken up at the next start")
    }

    /// One agent a state directory; the kernel frees the lock however the agent ends (flock(2)). The file tells the
    /// process to whoever has to stop an agent that nobody supervises.
    private func lock() throws(SystemError) {
        let path = stateDirectory + "/lock"
        let file = agent_open(AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(errno, "cannot open \(path)") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            throw SystemError(errno, "another agent uses \(stateDirectory)")
        }
        ftruncate(file, 0)
        try FileSystem.write(Array("\(getpid())\n".utf8), to: file, at: path)
    }

    private func watchSignals(_ loop: EventLoop, _ children: Children, _ agent: Agent) throws(SystemError) {
        let signals = agent_open_signals()
        guard signals >= 0 else { throw SystemError(errno, "cannot watch signals") }
        loop.watch(signals, for: Int16(POLLIN)) { _ in
            while true {
                let signal = agent_next_signal(signals)
                switch signal {
                case 0: return
                case SIGCHLD: children.reap()
                // A terminal that hangs up must not end a daemon that was started from it.
                case SIGHUP: break
                default: Self.end(agent, loop)
                }
            }
        }
    }

    /// At once when told again.
    private static func end(_ agent: Agent, _ loop: EventLoop) {
        guard !agent.isDraining else { return loop.stop() }
        _ = loop.after(milliseconds: drainMilliseconds) { loop.stop() }
        agent.drain { loop.stop() }
    }
}
