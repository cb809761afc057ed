import AgentProtocol
import FleetModel
import RolloutEngine
import RolloutSpec

// The spec's words in the engine's and the agents' terms.

extension RolloutSpec {
    /// Not all that a spec may say is carried out yet; what isn't is refused before any host is asked.
    /// - Throws: `Diagnostics` that name every such key.
    func requireSupported() throws(Diagnostics) {
        let isRolling = if case .rolling = strategy { true } else { strategy == .recreate }
        let isAsking = if case .ask = onFailure { true } else { false }
        let unsupported = [
            ("strategy", !isRolling), ("strategy: rolling", rolling?.isBeyondEngine == true), ("traffic", traffic != nil),
            ("allowed", allowed != nil), ("schema", schema != nil), ("reversible", !isReversible),
            ("rehearse_rollback", rehearsesRollback), ("max_live_versions", maximumLiveVersions != nil),
            ("on_failure: ask", isAsking),
        ].filter(\.1)
        guard unsupported.isEmpty else {
            throw Diagnostics(unsupported.map { Diagnostic("'\($0.0)' is not carried out yet as this spec has it") })
        }
    }

    private var rolling: Strategy.Rolling? {
        guard case .rolling(let rolling) = strategy else { return nil }
        return rolling
    }
}

extension RolloutSpec.Strategy.Rolling {
    fileprivate var isBeyondEngine: Bool {
        !failureDomains.isEmpty || !quorums.isEmpty || order != .unhealthyFirst || pauseBetween != .zero || surge != nil
    }
}

extension Strategy {
    /// Nil for a strategy that ``RolloutSpec/requireSupported()`` refuses.
    init?(_ strategy: RolloutSpec.Strategy) {
        switch strategy {
        case .canary, .blueGreen, .abTest: return nil
        case .recreate: self = .recreate(Recreate())
        case .rolling(let rolling):
            self = .rolling(
                Rolling(
                    stages: rolling.stages, maximumParallel: rolling.maximumParallel,
                    maximumUnavailable: rolling.maximumUnavailable, minimumHealthy: rolling.minimumHealthy
                ))
        }
    }

    /// For the way back: the release has been proven.
    var withoutSmallBatches: Strategy {
        guard case .rolling(var rolling) = self else { return self }
        rolling.stages = [.percent(100)]
        return .rolling(rolling)
    }
}

extension FailureResponse {
    /// Nil for one that ``RolloutSpec/requireSupported()`` refuses.
    init?(_ onFailure: RolloutSpec.OnFailure) {
        switch onFailure {
        case .ask: return nil
        case .rollback: self = .rollback
        case .pause: self = .pause
        case .continue: self = .continue
        }
    }
}

extension CoordinatorHook {
    init(_ hook: RolloutSpec.CoordinatorHook) {
        switch hook {
        case .beforeRollout: self = .beforeRollout
        case .afterBatch: self = .afterBatch
        case .afterRollout: self = .afterRollout
        case .onFailure: self = .onFailure
        }
    }
}

extension ServiceDefinition {
    /// The definition that travels to the hosts; scripts are read from files relative to `directory`.
    /// - Throws: `Diagnostics` with every script that can't be read or is too large.
    init(_ spec: RolloutSpec, scriptsIn directory: String) throws(Diagnostics) {
        self.init()
        var scripts = ScriptReader(directory: directory)
        service = spec.service.text
        installDirectory = spec.installDirectory
        control = ServiceControl(spec.control)
        checks = spec.health.map { HealthCheck($0, &scripts) }
        hooks = RolloutSpec.HostHook.allCases.compactMap { hook in
            spec.hooks.onHosts[hook].map { Hook(point: hook.point, name: $0.text, content: scripts.read($0)) }
        }
        keepReleases = UInt64(clamping: spec.keepReleases)
        intervalMilliseconds = UInt64(clamping: spec.timing.interval.wholeMilliseconds)
        commandTimeoutMilliseconds = UInt64(clamping: spec.timing.commandTimeout.wholeMilliseconds)
        if !scripts.problems.isEmpty { throw Diagnostics(scripts.problems) }
    }
}

/// Reads the scripts that travel with a rollout, and collects what is wrong with them.
private struct ScriptReader {
    let directory: String
    var problems: [Diagnostic] = []

    mutating func read(_ path: LocatedText) -> [UInt8] {
        let file = absolutePath(path.text, in: directory)
        let content: [UInt8]
        do throws(InputFileError) {
            content = try InputFile.read(file, maximumBytes: ProtocolLimits.maximumScriptBytes)
        } catch {
            let hint = if case .unreadable = error { "looked for it at \(file)" } else { nil as String? }
            problems.append(Diagnostic("the script '\(path.text)' \(error)", at: path.location, hint: hint))
            return []
        }
        guard content.starts(with: Array("#!".utf8)) else {
            let hint = "begin it with a line such as #!/bin/sh"
            problems.append(Diagnostic("the script '\(path.text)' names no interpreter", at: path.location, hint: hint))
            return []
        }
        return content
    }
}

extension AgentProtocol.ServiceControl {
    fileprivate init(_ control: RolloutSpec.ServiceControl) {
        self.init()
        switch control {
        case .systemd(let unit, let isUserUnit):
            self.unit = unit
            self.isUserUnit = isUserUnit
        case .commands(let commands):
            start = commands.start
            stop = commands.stop
            restart = commands.restart
            status = commands.status
        }
    }
}

extension AgentProtocol.HealthCheck {
    fileprivate init(_ check: RolloutSpec.HealthCheck, _ scripts: inout ScriptReader) {
        let probe: Probe =
            switch check.probe {
            case .script(let path): .script(scripts.read(path))
            case .http(let endpoint, let path, let status):
                .http(host: endpoint.host, port: endpoint.port, path: path, status: UInt64(clamping: status))
            case .tcp(let endpoint): .tcp(host: endpoint.host, port: endpoint.port)
            }
        let timeout = UInt64(clamping: check.timeout.wholeMilliseconds)
        self.init(name: check.name, probe: probe, timeoutMilliseconds: timeout)
    }
}

extension RolloutSpec.HostHook {
    fileprivate var point: Hook.Point {
        switch self {
        case .beforeBlockTraffic: .beforeBlockTraffic
        case .blockTraffic: .blockTraffic
        case .afterBlockTraffic: .afterBlockTraffic
        case .applicationStop: .applicationStop
        case .beforeInstall: .beforeInstall
        case .install: .install
        case .afterInstall: .afterInstall
        case .applicationStart: .applicationStart
        case .validateService: .validateService
        case .beforeAllowTraffic: .beforeAllowTraffic
        case .allowTraffic: .allowTraffic
        case .afterAllowTraffic: .afterAllowTraffic
        }
    }
}
