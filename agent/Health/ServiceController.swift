import AgentProtocol
import Glibc

/// Starts, stops and looks at a service, by systemd or by the four commands of its definition.
final class ServiceController {
    private static let systemctl = access("/usr/bin/systemctl", X_OK) == 0 ? "/usr/bin/systemctl" : "/bin/systemctl"
    /// For asking how the service is.
    private static let statusTimeout: UInt64 = 10_000

    private let control: ServiceControl
    private let surroundings: Surroundings
    private let children: Children
    private let timeout: UInt64
    private var child: ChildProcess?

    init(_ definition: ServiceDefinition, _ surroundings: Surroundings, children: Children) {
        control = definition.control
        timeout = max(1, definition.commandTimeoutMilliseconds)
        (self.surroundings, self.children) = (surroundings, children)
    }

    /// `onEnd` gets nil where the service runs the new way, else what failed.
    func restart(_ onEnd: @escaping (StepResult?) -> Void) {
        if isSystemd { return restartUnit(onEnd) }
        if !control.restart.utf8.isEmpty { return shell(control.restart, as: "restart command", onEnd) }
        guard !control.stop.utf8.isEmpty else { return start(onEnd) }
        // A stop fails where nothing runs; whether the service is well after the start is what counts.
        shell(control.stop, as: "stop command") { failure in
            if let failure, failure.ending == .timedOut { return onEnd(failure) }
            self.start(onEnd)
        }
    }

    /// A unit that crash-looped is refused further starts until its counter is reset (systemd.unit(5),
    /// StartLimitBurst=).
    private func restartUnit(_ onEnd: @escaping (StepResult?) -> Void) {
        run(systemctlCommand(["reset-failed"]), Self.statusTimeout) { _ in
            self.systemctl("restart", onEnd)
        } onFailure: {
            onEnd($0)
        }
    }

    func stop(_ onEnd: @escaping (StepResult?) -> Void) {
        if isSystemd { return systemctl("stop", onEnd) }
        shell(control.stop, as: "stop command", onEnd)
    }

    func status(_ onEnd: @escaping (UnitStatus) -> Void) {
        guard knowsStatus else { return onEnd(UnitStatus(state: "unknown")) }
        let command =
            isSystemd ? systemctlCommand(["show", "-p", UnitStatus.properties]) : shellCommand(control.status)
        let limit = isSystemd ? Self.statusTimeout : min(timeout, Self.statusTimeout)
        let isSystemd = isSystemd
        run(command, limit) { ending in
            guard isSystemd else { return onEnd(UnitStatus(state: ending.isSuccess ? "active" : "inactive")) }
            onEnd(ending.isSuccess ? UnitStatus(systemctlOutput: ending.output) : UnitStatus(state: "unknown"))
        } onFailure: { _ in
            onEnd(UnitStatus(state: "unknown"))
        }
    }

    private var isSystemd: Bool { !control.unit.utf8.isEmpty }

    /// There is somebody to ask how the service is.
    var knowsStatus: Bool { isSystemd || !control.status.utf8.isEmpty }

    func cancel() { child?.cancel() }

    private func start(_ onEnd: @escaping (StepResult?) -> Void) { shell(control.start, as: "start command", onEnd) }

    private func shell(_ text: String, as name: String, _ onEnd: @escaping (StepResult?) -> Void) {
        guard !text.utf8.isEmpty else { return onEnd(nil) }
        var command = shellCommand(text)
        command.output = .file(surroundings.commandOutput)
        run(command, timeout) { ending in
            onEnd(ending.isSuccess ? nil : StepResult(ending, of: name, as: .serviceFailed))
        } onFailure: {
            onEnd($0)
        }
    }

    private func systemctl(_ verb: String, _ onEnd: @escaping (StepResult?) -> Void) {
        run(systemctlCommand([verb]), timeout) { ending in
            guard !ending.isSuccess else { return onEnd(nil) }
            self.explain(StepResult(ending, of: "systemctl \(verb) \(self.control.unit)", as: .serviceFailed), onEnd)
        } onFailure: {
            onEnd($0)
        }
    }

    /// Adds what systemd knows of the service, the journal's last lines included (systemctl(1), `status`).
    func explain(_ failure: StepResult, _ onEnd: @escaping (StepResult?) -> Void) {
        guard isSystemd else { return onEnd(failure) }
        run(systemctlCommand(["status", "--no-pager", "--full", "--lines=30"]), Self.statusTimeout) { ending in
            var tail = OutputTail()
            tail.append(failure.output[...])
            tail.append(ending.output[...])
            var explained = failure
            explained.output = tail.bytes
            onEnd(explained)
        } onFailure: { _ in
            onEnd(failure)
        }
    }

    /// Lines of `Name=value`, the numbers that tell how a unit ended among them; nothing where it is no unit.
    func details(_ onEnd: @escaping ([UInt8]) -> Void) {
        guard isSystemd else { return onEnd([]) }
        children.output(of: systemctlCommand(["show", "-p", UnitStatus.details]), timeout: Self.statusTimeout) {
            onEnd($0 ?? [])
        }
    }

    /// What systemd calls its version; nil where there is none.
    func systemdVersion(_ onEnd: @escaping ([UInt8]?) -> Void) {
        var command = Command(path: Self.systemctl, arguments: ["--version"])
        command.environment = surroundings.environment
        children.output(of: command, timeout: Self.statusTimeout, onEnd: onEnd)
    }

    private func run(
        _ command: Command, _ timeout: UInt64, onEnd: @escaping (ChildProcess.Ending) -> Void,
        onFailure: (StepResult) -> Void
    ) {
        do throws(SystemError) {
            child = try children.run(command, timeout: timeout, onEnd: onEnd)
        } catch {
            onFailure(StepResult(ending: .serviceFailed, problem: error.problem))
        }
    }

    private func systemctlCommand(_ arguments: [String]) -> Command {
        let scope = control.isUserUnit ? ["--user"] : []
        var command = Command(path: Self.systemctl, arguments: scope + arguments + ["--", control.unit])
        command.environment = surroundings.environment
        return command
    }

    private func shellCommand(_ text: String) -> Command {
        var command = Command.shell(text)
        command.environment = surroundings.environment
        command.directory = surroundings.workingDirectory
        return command
    }
}
