import Glibc

/// The child processes that run: learns of their ends, and ends them all when the agent ends.
final class Children {
    let loop: EventLoop
    private var running: [pid_t: ChildProcess] = [:]

    init(loop: EventLoop) { self.loop = loop }

    /// Runs `command` for at most `timeout` milliseconds; `onEnd` is called once, later, unless it is cancelled before.
    @discardableResult
    func run(
        _ command: Command, timeout: UInt64, onEnd: @escaping (ChildProcess.Ending) -> Void
    ) throws(SystemError) -> ChildProcess {
        let child = try ChildProcess(command, timeout: timeout, children: self, onEnd: onEnd)
        running[child.identifier] = child
        return child
    }

    /// Hands over what a program that succeeds prints, as much of it as its command keeps; nil where it fails or takes
    /// too long.
    func output(of command: Command, timeout: UInt64, onEnd: @escaping ([UInt8]?) -> Void) {
        do throws(SystemError) {
            try run(command, timeout: timeout) { onEnd($0.isSuccess ? $0.output : nil) }
        } catch {
            onEnd(nil)
        }
    }

    /// Called at SIGCHLD: one signal may stand for many ends.
    func reap() {
        var status: Int32 = 0
        while true {
            let identifier = waitpid(-1, &status, WNOHANG)
            guard identifier > 0 else { return }
            running.removeValue(forKey: identifier)?.end(status: status)
        }
    }

    func forget(_ child: ChildProcess) { running[child.identifier] = nil }

    func killAll() {
        for child in running.values { child.kill() }
    }
}
