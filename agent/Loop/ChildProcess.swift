import AgentProtocol
import CAgentShim
import Glibc

/// A program that runs in a process group of its own, for a limited time, with its last output.
final class ChildProcess {
    struct Ending {
        enum Cause: Equatable {
            case exited(Int32)
            case signalled(Int32)
            case timedOut(milliseconds: UInt64)
        }

        let cause: Cause
        let output: [UInt8]

        var isSuccess: Bool { cause == .exited(0) }

        /// What happened, to follow a name: `failed with exit status 3`.
        var text: String {
            switch cause {
            case .exited(let status): "failed with exit status \(status)"
            case .signalled(let signal): "was ended by signal \(signal)"
            case .timedOut(let milliseconds): "was still running after \(milliseconds) ms and was killed"
            }
        }
    }

    let identifier: pid_t
    private let children: Children
    private let command: Command
    /// Forgotten once called: it holds on to whoever waits.
    private var onEnd: ((Ending) -> Void)?
    private let pipe: Int32?
    private var tail: OutputTail
    private var deadline: EventLoop.Timer?
    private var isOver = false

    init(
        _ command: Command, timeout: UInt64, children: Children, onEnd: @escaping (Ending) -> Void
    ) throws(SystemError) {
        (self.command, self.children, self.onEnd) = (command, children, onEnd)
        tail = OutputTail(maximumBytes: command.maximumOutputBytes)
        let (reading, writing) = try Self.openOutput(command.output)
        do throws(SystemError) {
            defer { close(writing) }
            let errors = command.output == .reported ? STDERR_FILENO : writing
            identifier = try command.spawn(output: writing, errors: errors)
        } catch {
            if let reading { close(reading) }
            throw error
        }
        pipe = reading
        if let reading { children.loop.watch(reading, for: Int16(POLLIN)) { _ in self.drain() } }
        deadline = children.loop.after(milliseconds: timeout) {
            self.kill()
            self.finish(.timedOut(milliseconds: timeout))
        }
    }

    private static func openOutput(_ output: Command.Output) throws(SystemError) -> (reading: Int32?, writing: Int32) {
        if case .file(let path) = output {
            // Appending: what an older service still writes lands behind, not over, what the new command says.
            let file = agent_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o600)
            guard file >= 0 else { throw SystemError(errno, "cannot make \(path)") }
            return (nil, file)
        }
        var ends: [Int32] = [0, 0]
        guard agent_pipe(&ends) == 0 else { throw SystemError(errno, "cannot make a pipe") }
        return (ends[0], ends[1])
    }

    /// Kills the whole group; nobody is told.
    func cancel() {
        guard !isOver else { return }
        kill()
        release()
    }

    func kill() { _ = Glibc.kill(-identifier, SIGKILL) }

    /// It was reaped.
    func end(status: Int32) {
        drain()
        let signal = status & 0x7F
        finish(signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal))
    }

    private func finish(_ cause: Ending.Cause) {
        guard !isOver else { return }
        if case .file(let path) = command.output,
            let content = try? FileSystem.read(path, maximumBytes: command.maximumOutputBytes)
        {
            tail.append(content[...])
        }
        let onEnd = onEnd
        release()
        onEnd?(Ending(cause: cause, output: tail.bytes))
    }

    private func release() {
        isOver = true
        onEnd = nil
        children.forget(self)
        children.loop.cancel(deadline)
        closePipe()
    }

    private var isPipeOpen = true

    private func closePipe() {
        guard isPipeOpen, let pipe else { return }
        isPipeOpen = false
        children.loop.unwatch(pipe)
        close(pipe)
    }

    /// Reads what is there, a bounded number of times: a child that floods must not keep the loop from others.
    private func drain() {
        guard isPipeOpen, let pipe else { return }
        var part = [UInt8](repeating: 0, count: 16 << 10)
        for _ in 0..<16 {
            let count = read(pipe, &part, part.count)
            if count == 0 { return closePipe() }
            guard count > 0 else { return }
            tail.append(part[..<count])
        }
    }
}
