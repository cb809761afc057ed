import AgentProtocol

/// Runs one hook, of an activation or by itself.
final class HookRun {
    private let children: Children
    private let scripts: ScriptDirectory
    private let surroundings: Surroundings
    private let timeout: UInt64
    private var child: ChildProcess?

    init(children: Children, scripts: ScriptDirectory, surroundings: Surroundings, timeout: UInt64) {
        (self.children, self.scripts, self.surroundings) = (children, scripts, surroundings)
        self.timeout = max(1, timeout)
    }

    /// `onEnd` gets nil where the hook succeeded, else what failed.
    func run(_ hook: Hook, _ onEnd: @escaping (StepResult?) -> Void) {
        run(hook.content, called: hook.point.name, as: "hook \(hook.point.name) (\(hook.name))", onEnd)
    }

    func run(_ hook: SingleHook, _ onEnd: @escaping (StepResult?) -> Void) {
        run(hook.content, called: hook.name, as: "hook \(hook.name)", onEnd)
    }

    private func run(
        _ content: [UInt8], called name: String, as description: String, _ onEnd: @escaping (StepResult?) -> Void
    ) {
        do throws(SystemError) {
            var command = Command(path: try scripts.write(content))
            command.environment = surroundings.environment + ["COORD_HOOK=" + name]
            command.directory = surroundings.workingDirectory
            child = try children.run(command, timeout: timeout) { ending in
                onEnd(ending.isSuccess ? nil : StepResult(ending, of: description, as: .hookFailed))
            }
        } catch {
            onEnd(StepResult(ending: error.isOutOfSpace ? .outOfSpace : .hookFailed, problem: error.problem))
        }
    }

    func cancel() { child?.cancel() }
}

extension Hook.Point {
    /// As specifications write it.
    var name: String {
        switch self {
        case .beforeBlockTraffic: "before_block_traffic"
        case .blockTraffic: "block_traffic"
        case .afterBlockTraffic: "after_block_traffic"
        case .applicationStop: "application_stop"
        case .beforeInstall: "before_install"
        case .install: "install"
        case .afterInstall: "after_install"
        case .applicationStart: "application_start"
        case .validateService: "validate_service"
        case .beforeAllowTraffic: "before_allow_traffic"
        case .allowTraffic: "allow_traffic"
        case .afterAllowTraffic: "after_allow_traffic"
        }
    }
}
