import AgentProtocol

/// A check with all it needs to be made again and again.
struct ReadyCheck {
    let name: String
    private let probe: HealthCheck.Probe
    private let timeout: UInt64
    private let command: Command?
    private let children: Children

    /// Writes the script where the check is one.
    init(
        _ check: HealthCheck, scripts: ScriptDirectory, surroundings: Surroundings, children: Children
    ) throws(SystemError) {
        (name, probe, self.children) = (check.name, check.probe, children)
        timeout = max(1, check.timeoutMilliseconds)
        if case .script(let content) = check.probe {
            var command = Command(path: try scripts.write(content))
            command.environment = surroundings.environment
            command.directory = surroundings.workingDirectory
            self.command = command
        } else {
            command = nil
        }
    }

    /// Starts it; nil where it has ended already.
    func start(_ onEnd: @escaping (ProbeResult) -> Void) -> Probe? {
        switch probe {
        case .script: return startScript(onEnd)
        case .http(let host, let port, let path, let status):
            let exchange = HTTPExchange(path: path, expectedStatus: status)
            return NetworkProbe(
                host: host, port: port, exchange: exchange, timeout: timeout, loop: children.loop, onEnd: onEnd)
        case .tcp(let host, let port):
            return NetworkProbe(
                host: host, port: port, exchange: nil, timeout: timeout, loop: children.loop, onEnd: onEnd)
        }
    }

    private func startScript(_ onEnd: @escaping (ProbeResult) -> Void) -> Probe? {
        guard let command else { return nil }
        do throws(SystemError) {
            return try ScriptProbe(command, timeout: timeout, children: children, onEnd: onEnd)
        } catch {
            onEnd(ProbeResult(problem: error.problem))
            return nil
        }
    }
}
