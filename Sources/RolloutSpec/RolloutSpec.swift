import FleetModel

/// What a person wants rolled out, where, how, and when to stop: the checked content of a `rollout.yaml`.
///
/// `docs/rollout-yaml.md` explains every key.
public struct RolloutSpec: Sendable, Hashable, Codable {
    /// The namespace on the hosts: releases, epochs, history, lock.
    public var service: ServiceName
    /// A file or a directory, relative to the spec.
    public var artifact: LocatedText
    /// Nil: named after the artifact, by the caller.
    public var release: ReleaseID?
    /// An Ansible host pattern, as written.
    public var hosts: LocatedText
    /// Absolute, without a slash at its end.
    public var installDirectory: String
    /// Releases that stay on each host, the current and the previous one included; at least 2.
    public var keepReleases: Int
    /// By default the systemd unit `<service>.service`.
    public var control: ServiceControl
    /// Files that go into each host's release, rendered or as they are.
    public var files: [ConfigurationFile]
    /// Values that only the hosts may see.
    public var secrets: [SecretSource]
    /// The service's environment as a file.
    public var environment: EnvironmentFile?
    /// All must pass; empty means that the service's own state decides. Where each host runs two instances, the blue
    /// one's.
    public var health: [HealthCheck]
    /// The green instance's, where each host runs two.
    public var greenHealth: [HealthCheck]
    /// How long to wait for what.
    public var timing: Timing
    /// In which order, and how many hosts at once.
    public var strategy: Strategy
    /// How many hosts may fail before the rollout has failed.
    public var maximumFailures: FailureBudget
    /// What happens then.
    public var onFailure: OnFailure
    /// Whether hosts can be brought back at all.
    public var isReversible: Bool
    /// The first hosts go forward, back and forward again before the others start.
    public var rehearsesRollback: Bool
    /// So many releases may serve at a time; nil: any number.
    public var maximumLiveVersions: Int?
    /// What shares out the requests; nil: nobody whom coord knows.
    public var traffic: Traffic?
    /// What the strategy may measure.
    public var analyses: [Analysis]
    /// When hosts may be started; nil: at any time.
    public var allowed: MaintenanceSchedule?
    /// The database's part.
    public var schema: Schema?
    /// What becomes of a host that can't be reached before anything begins.
    public var offline: Offline
    /// Scripts at fixed points; paths are relative to the spec.
    public var hooks: Hooks
}

extension RolloutSpec {
    enum Key: String, SectionKey {
        case service, artifact, release, hosts
        case installDirectory = "install_dir"
        case keepReleases = "keep_releases"
        case systemd, commands, files, secrets, environment, health, interval
        case minimumHealthyTime = "min_healthy_time"
        case healthyDeadline = "healthy_deadline"
        case progressDeadline = "progress_deadline"
        case commandTimeout = "command_timeout"
        case strategy
        case maximumFailures = "max_failures"
        case onFailure = "on_failure"
        case reversible
        case rehearseRollback = "rehearse_rollback"
        case maximumLiveVersions = "max_live_versions"
        case traffic, analyses, allowed, schema
        case offline
        case hooks

        static let place = "at the top level"
    }

    /// Reads a spec; `file` is only what errors call it.
    ///
    /// - Throws: everything that is wrong, in the order of the text (at most 50 findings).
    public init(text: String, file: String) throws(Diagnostics) {
        let findings = Findings(file: file)
        let root = try SpecDocument.root(of: text, findings: findings)
        let spec = Section<Key>(root).flatMap(Self.init)
        guard let spec, findings.isEmpty else { throw findings.diagnostics }
        self = spec
    }

    /// Nil only where a key without a default is missing or wrong; otherwise mistakes are in the findings.
    private init?(_ section: Section<Key>) {
        let service: ServiceName? = section.required(.service)?.name(Self.serviceNameForm)
        let artifact = section.required(.artifact)?.artifact()
        release = section[.release]?.name("a name of letters, digits and '.', '_', '+', '-', at most 128 long")
        hosts = section[.hosts]?.line("a host pattern such as all or web:!maintenance") ?? LocatedText("all")
        let installDirectory = section[.installDirectory]?.directory()
        keepReleases = section[.keepReleases]?.integer(in: 2...1000) ?? 5
        let strategy = section[.strategy].map(Strategy.init) ?? .rolling(Strategy.Rolling())
        self.strategy = strategy ?? .rolling(Strategy.Rolling())
        let control = ServiceControl(section, strategy: strategy)
        files = section[.files]?.items()?.compactMap(ConfigurationFile.init) ?? []
        secrets = section[.secrets]?.items()?.compactMap(SecretSource.init) ?? []
        environment = section[.environment].flatMap(EnvironmentFile.init)
        (health, greenHealth) = HealthCheck.all(section[.health], strategy: strategy)
        timing = Timing(section)
        maximumFailures = section[.maximumFailures].flatMap(FailureBudget.init) ?? FailureBudget()
        isReversible = section[.reversible]?.flag() ?? true
        onFailure = section[.onFailure].flatMap(OnFailure.init) ?? (isReversible ? .rollback : .pause)
        rehearsesRollback = section[.rehearseRollback]?.flag() ?? false
        maximumLiveVersions = section[.maximumLiveVersions]?.integer(in: 1...100)
        traffic = section[.traffic].flatMap(Traffic.init)
        analyses = section[.analyses].map(Analysis.all) ?? []
        allowed = section[.allowed].flatMap(MaintenanceSchedule.init)
        schema = section[.schema].flatMap(Schema.init)
        offline = section[.offline].flatMap(Offline.init) ?? .fail
        hooks = section[.hooks].flatMap(Hooks.init) ?? Hooks()
        if let strategy {
            Contradictions(section: section, strategy: strategy, traffic: traffic, analyses: analyses).report()
        }
        guard let service, let artifact else { return nil }
        self.service = service
        self.artifact = artifact
        self.installDirectory = installDirectory ?? "/opt/\(service)"
        self.control = control ?? .default(for: service, strategy: self.strategy)
        checkPlacements(section.field.findings)
        checkSecretNames(section.field.findings, at: section[.secrets])
    }

    private static let serviceNameForm =
        "a name of lower-case letters, digits and '.', '_', '-', beginning with a letter or digit, at most 63 long"
}

extension Field {
    fileprivate func artifact() -> LocatedText? {
        if isMapping {
            reject("an artifact from a URL is not supported yet", hint: "download it and give its path")
            return nil
        }
        guard let path = line("the path of a file or directory") else { return nil }
        guard !path.text.contains("://") else {
            reject("an artifact from a URL is not supported yet", hint: "download it and give its path")
            return nil
        }
        return path
    }

    fileprivate func directory() -> String? {
        let form = "an absolute path such as /opt/shop, without '.' or '..'"
        guard let path = line(form)?.text else { return nil }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.last == "" { parts.removeLast() }
        guard parts.count > 1, parts[0].isEmpty, parts.dropFirst().allSatisfy({ !["", ".", ".."].contains($0) }) else {
            mismatch(form)
            return nil
        }
        return parts.joined(separator: "/")
    }
}
