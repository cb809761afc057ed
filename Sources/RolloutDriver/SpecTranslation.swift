import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import RolloutSpec
import InputFiles

// The spec's words in the engine's and the agents' terms.

extension Strategy {
    /// `named` tells which hosts the strategy's patterns mean.
    init(_ strategy: RolloutSpec.Strategy, _ named: NamedHosts) {
        switch strategy {
        case .recreate: self = .recreate(Recreate())
        case .rolling(let rolling): self = .rolling(Rolling(rolling, named))
        case .canary(let canary):
            self = .canary(
                Canary(
                    steps: canary.steps.map(CanaryStep.init), promotesItself: canary.automaticallyPromotes,
                    rest: Rolling(canary.rest, named)))
        case .blueGreen(let blueGreen): self = .blueGreen(BlueGreen(blueGreen, named))
        case .abTest(let test):
            self = .abTest(
                ABTest(
                    hosts: test.hosts, weight: test.weight, match: test.match,
                    analyses: test.analyses.map(AnalysisName.init), rest: Rolling(test.rest, named)))
        }
    }

    /// For the way back: the release has been proven, so nothing is tried out, and nobody is waited for.
    var withoutTrials: Strategy {
        switch self {
        case .recreate: return self
        case .rolling(var rolling):
            rolling.stages = [.percent(100)]
            rolling.pauseBetween = .zero
            return .rolling(rolling)
        case .canary(let canary): return Strategy.rolling(canary.rest).withoutTrials
        case .abTest(let test): return Strategy.rolling(test.rest).withoutTrials
        case .blueGreen(let blueGreen):
            return .blueGreen(BlueGreen(blueGreen.sides, scaleDownDelay: blueGreen.scaleDownDelay))
        }
    }
}

extension Rolling {
    fileprivate init(_ rolling: RolloutSpec.Strategy.Rolling, _ named: NamedHosts) {
        self.init(
            stages: rolling.stages, maximumParallel: rolling.maximumParallel,
            maximumUnavailable: rolling.maximumUnavailable, minimumHealthy: rolling.minimumHealthy,
            domains: rolling.promises, order: HostOrder(rolling.order), pauseBetween: rolling.pauseBetween,
            spares: rolling.surge.map(named.hosts) ?? [])
    }
}

extension RolloutSpec.Strategy.Rolling {
    fileprivate var promises: [DomainPromise] {
        failureDomains.map { DomainPromise(label: $0.label.text, maximumDomains: $0.maximumDomains) }
            + quorums.map { DomainPromise(label: $0.label.text, maximumUnavailable: $0.maximumUnavailable) }
    }
}

extension HostOrder {
    fileprivate init(_ order: RolloutSpec.HostOrder) {
        switch order {
        case .unhealthyFirst: self = .unhealthyFirst
        case .inventory: self = .inventory
        case .reverse: self = .reverse
        case .shuffle(let seed): self = .shuffle(seed: UInt64(clamping: seed))
        }
    }
}

extension CanaryStep {
    fileprivate init(_ step: RolloutSpec.Strategy.Canary.Step) {
        switch step {
        case .setCanary(let share): self = .setCanary(share)
        case .setWeight(let percent): self = .setWeight(percent)
        case .pause(let duration): self = .pause(duration)
        case .analysis(let name): self = .analysis(AnalysisName(name))
        }
    }
}

extension AnalysisName {
    fileprivate init(_ name: LocatedText) { self.init(name.text) }
}

extension BlueGreen {
    fileprivate init(_ blueGreen: RolloutSpec.Strategy.BlueGreen, _ named: NamedHosts) {
        let sides: Sides =
            switch blueGreen.sides {
            case .groups(let blue, let green): .groups(blue: named.hosts(of: blue), green: named.hosts(of: green))
            case .instances(let instances): .instances(blue: instances.bluePort, green: instances.greenPort)
            }
        self.init(
            sides, analyses: blueGreen.analyses.map(AnalysisName.init), hasPreview: blueGreen.hasPreview,
            promotesItself: blueGreen.automaticallyPromotes,
            analysesAfterSwitch: blueGreen.analysesAfterSwitch.map(AnalysisName.init),
            scaleDownDelay: blueGreen.scaleDownDelay)
    }
}

extension RolloutSpec.Instances.Color {
    init(_ color: BlueGreen.Color) { self = color == .blue ? .blue : .green }

    var other: Self { self == .blue ? .green : .blue }
}

extension FailureResponse {
    init(_ onFailure: RolloutSpec.OnFailure) {
        switch onFailure {
        case .rollback: self = .rollback
        case .pause: self = .pause
        case .continue: self = .continue
        case .ask(let timeout, let then):
            let response: FailureResponse =
                switch then {
                case .rollback: .rollback
                case .pause: .pause
                case .continue: .continue
                }
            self = .ask(timeout: timeout, then: response)
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
    /// The definition that travels to the hosts; scripts are read from files relative to `directory`. `color`: that of
    /// the instance that is meant, where each host runs two; each is a service of its own there.
    /// - Throws: `Diagnostics` with every script that can't be read or is too large.
    init(
        _ spec: RolloutSpec, _ color: RolloutSpec.Instances.Color? = nil, scriptsIn directory: String
    ) throws(Diagnostics) {
        self.init()
        var scripts = ScriptReader(directory: directory)
        let spec = color.map(spec.instance) ?? spec
        service = color.map { "\(spec.service)-\($0.rawValue)" } ?? spec.service.text
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

extension SchemaRecipe {
    /// The scripts travel to `host`; they are read from files relative to `directory`.
    /// - Throws: `Diagnostics` with every script that can't be read or is too large.
    init(_ schema: RolloutSpec.Schema, on host: HostEndpoint, scriptsIn directory: String) throws(Diagnostics) {
        var scripts = ScriptReader(directory: directory)
        var programs: [SchemaHook: [UInt8]] = [:]
        programs[.expand] = schema.expand.map { scripts.read($0) }
        programs[.contract] = schema.contract.map { scripts.read($0) }
        if !scripts.problems.isEmpty { throw Diagnostics(scripts.problems) }
        self.init(host: host, programs: programs)
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
