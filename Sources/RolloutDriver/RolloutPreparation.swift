import AgentClient
import AgentProtocol
import Artifact
import Configuration
import Dispatch
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import RolloutSpec

/// From what a person wrote and what the hosts say to a job that can be driven. Reads everything, changes nothing.
public struct RolloutPreparation: Sendable {
    private let spec: RolloutSpec
    private let specDirectory: String
    private let stateDirectory: String
    private let endpoints: [HostEndpoint]
    private let agents: [HostName: HostAgent]
    private let variables: TemplateVariables
    private let groupSize: Int
    private let hostAnswered: @Sendable () -> Void

    /// `variables` are what templates may use. `groupSize`: the hosts of the service, where only some are selected; the
    /// capacity promise is about them all.
    /// `endpoints` are the selected hosts in inventory order; `stateDirectory` is where packed artifacts are kept.
    /// `hostAnswered` is called when a host has said what it runs, or has not in time.
    public init(
        spec: RolloutSpec, specDirectory: String, stateDirectory: String, endpoints: [HostEndpoint],
        agents: [HostName: HostAgent], variables: TemplateVariables? = nil, groupSize: Int = 0,
        hostAnswered: @escaping @Sendable () -> Void = {}
    ) {
        self.hostAnswered = hostAnswered
        self.variables = variables ?? TemplateVariables(of: endpoints.map(\.name))
        self.groupSize = groupSize
        self.spec = spec
        self.specDirectory = specDirectory
        self.stateDirectory = stateDirectory
        self.endpoints = endpoints
        self.agents = agents
    }

    /// A job for the spec's own artifact. The hosts are asked while the artifact is packed; configuration is rendered
    /// for all of them, and secrets are got, before anything is begun.
    /// - Throws: ``PreparationError``.
    public func rollout(_ id: RolloutID) async throws(PreparationError) -> PreparedRollout {
        let (strategy, onFailure) = try supportedPolicy()
        let definition = try definition()
        let hooks = try coordinatorHooks()
        async let survey = Preflight(agents: agents, definition: definition).survey(hostAnswered)
        let artifact = try await loadArtifact()
        let release = spec.release ?? Artifact.defaultReleaseID(fileName: spec.artifact.text, digest: artifact.digest)
        let configuration = try configuration(of: release)
        let renderer = try await checked(configuration)
        let reports = try await survey.reports(
            forArtifactOf: artifact.size, skipsOffline: spec.offline == .skip)
        let comparisons = try await ConfigurationSurvey(
            agents: agents, installDirectory: spec.installDirectory, digest: artifact.digest, renderer: renderer
        ).run(reports)
        let directory = ReleaseDirectory(release: release, digest: artifact.digest, rollout: id)
        var prepared = try prepared(
            id, reports, definition: definition, reference: artifact.reference(release: release),
            targets: try directory.names(on: endpoints.map(\.name), reports, comparisons), artifact: artifact,
            strategy: strategy, onFailure: onFailure, hooks: hooks
        )
        prepared.job.configuration = configuration?.recipe
        prepared.configuration = configuration
        prepared.comparisons = comparisons
        return prepared
    }

    /// Nil where the spec has none.
    private func configuration(of release: ReleaseID) throws(PreparationError) -> ConfigurationSource? {
        var variables = variables
        variables.describe([
            "service": spec.service.text, "release": release.text, "install_dir": spec.installDirectory,
        ])
        do throws(Diagnostics) {
            return try ConfigurationReader.recipe(of: spec, in: specDirectory, variables).map(ConfigurationSource.init)
        } catch { throw .spec(error) }
    }

    /// Renders it for every host, and keeps nothing.
    private func checked(_ configuration: ConfigurationSource?) async throws(PreparationError) -> ConfigurationRenderer?
    {
        do throws(Diagnostics) {
            try await configuration?.check(endpoints.map(\.name))
            return try await configuration?.renderer()
        } catch { throw .spec(error) }
    }

    /// A job that brings back a release that every host still holds: `release`, or each host's previous one. It goes to
    /// all hosts at once as far as `max_unavailable` allows, and stops for a person where it fails.
    /// - Throws: ``PreparationError``; where hosts do not hold the release, each is named.
    public func rollback(_ id: RolloutID, to release: ReleaseID?) async throws(PreparationError) -> PreparedRollout {
        let strategy = try supportedPolicy().strategy
        let definition = try definition()
        let hooks = try coordinatorHooks()
        let reports = try await Preflight(agents: agents, definition: definition).survey(hostAnswered)
            .reports(forArtifactOf: 0)
        let target = try RollbackTarget(release, among: reports, in: endpoints.map(\.name))
        let reference = ArtifactReference(
            release: target.release.text, digest: target.digest.hex, size: 0, packedDigest: target.digest.hex,
            packedSize: 0
        )
        return try prepared(
            id, reports, definition: definition, reference: reference, targets: target.directories, artifact: nil,
            strategy: strategy.withoutSmallBatches, onFailure: .pause, hooks: hooks
        )
    }

    private func supportedPolicy() throws(PreparationError) -> (strategy: Strategy, onFailure: FailureResponse) {
        do throws(Diagnostics) { try spec.requireSupported() } catch { throw .spec(error) }
        guard let strategy = Strategy(spec.strategy), let onFailure = FailureResponse(spec.onFailure) else {
            preconditionFailure("a supported policy has no translation")
        }
        return (strategy, onFailure)
    }

    /// What the hosts are told of the service, its scripts included.
    /// - Throws: ``PreparationError/spec(_:)`` where a script can't be read.
    public func definition() throws(PreparationError) -> ServiceDefinition {
        do throws(Diagnostics) {
            return try ServiceDefinition(spec, scriptsIn: specDirectory)
        } catch { throw .spec(error) }
    }

    private var artifactDirectory: String { ArtifactDirectory(in: stateDirectory).path }

    /// Packing blocks: it gets a thread of its own, or the hosts' answers would wait for it on a small machine.
    private func loadArtifact() async throws(PreparationError) -> Artifact {
        let path = absolutePath(spec.artifact.text, in: specDirectory)
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [artifactDirectory] in
                continuation.resume(
                    returning: Result { () throws(ArtifactError) in
                        try Artifact.load(path, storingIn: artifactDirectory)
                    })
            }
        }
        do throws(ArtifactError) {
            return try result.get()
        } catch {
            throw .spec(Diagnostics([Diagnostic("\(error)", at: spec.artifact.location, hint: error.remedy)]))
        }
    }

    private func coordinatorHooks() throws(PreparationError) -> [HookProgram] {
        var problems: [Diagnostic] = []
        var programs: [HookProgram] = []
        for (name, path) in spec.hooks.onCoordinator.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let hook = CoordinatorHook(name)
            let program = absolutePath(path.text, in: specDirectory)
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: program, isDirectory: &isDirectory)
            if exists, !isDirectory.boolValue, FileManager.default.isExecutableFile(atPath: program) {
                programs.append(HookProgram(hook: hook, path: program, directory: specDirectory))
            } else {
                let hint = "it must exist and be executable: chmod +x \(path.text)"
                problems.append(Diagnostic("'\(path.text)' is not an executable file", at: path.location, hint: hint))
            }
        }
        guard problems.isEmpty else { throw .spec(Diagnostics(problems)) }
        return programs
    }

    private func prepared(
        _ id: RolloutID, _ reports: [HostName: HostReport], definition: ServiceDefinition,
        reference: ArtifactReference, targets: [HostName: String], artifact: Artifact?, strategy: Strategy,
        onFailure: FailureResponse, hooks: [HookProgram]
    ) throws(PreparationError) -> PreparedRollout {
        guard let release = ReleaseID(reference.release), let digest = Digest(hex: reference.digest) else {
            preconditionFailure("a checked name became unchecked")
        }
        var request = PlanRequest(
            rollout: id, service: spec.service, release: release, digest: digest,
            hosts: endpoints.map { PlannedHost($0.name, reports[$0.name], target: targets[$0.name]) },
            strategy: strategy
        )
        request.groupSize = groupSize
        request.minimumHealthyTime = spec.timing.minimumHealthyTime
        request.healthyDeadline = spec.timing.healthyDeadline
        request.progressDeadline = spec.timing.progressDeadline
        request.commandTimeout = spec.timing.commandTimeout
        request.maximumFailures = FailureBudget(
            batch: spec.maximumFailures.batch, rollout: spec.maximumFailures.rollout)
        request.onFailure = onFailure
        request.hooks = Set(hooks.map(\.hook))
        request.hostHookCount = definition.hooks.count
        do throws(PlanRefusal) {
            let job = RolloutJob(
                plan: try request.plan(), endpoints: endpoints, definition: definition, artifact: reference,
                artifactDirectory: artifact.map { _ in artifactDirectory }, hooks: hooks
            )
            return PreparedRollout(job: job, artifact: artifact, reports: reports)
        } catch { throw .refused(error) }
    }
}

extension PlannedHost {
    /// A report of nil: the host can't be reached.
    init(_ name: HostName, _ report: HostReport?, target: String? = nil) {
        guard let report else {
            self.init(name: name, current: nil, isSick: false, isOffline: true)
            return
        }
        let seen = HostObservation(report)
        self.init(
            name: name, current: seen.current, currentDigest: seen.currentDigest, isSick: !seen.isInService,
            target: target)
    }
}

func absolutePath(_ path: String, in directory: String) -> String {
    path.hasPrefix("/") ? path : directory + "/" + path
}
