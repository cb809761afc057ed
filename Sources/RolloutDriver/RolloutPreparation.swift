import AgentClient
import AgentProtocol
import Artifact
import HostConfiguration
import Dispatch
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import RolloutSpec

/// From what a person wrote and what the hosts say to a job that can be driven. Reads everything, changes nothing.
public struct RolloutPreparation: Sendable {
    let spec: RolloutSpec
    let specDirectory: String
    let endpoints: [HostEndpoint]
    let agents: [HostName: HostAgent]
    let named: NamedHosts
    private let stateDirectory: String
    private let variables: TemplateVariables
    private let groupSize: Int
    private let hostAnswered: @Sendable () -> Void

    /// `variables` are what templates may use. `groupSize`: the hosts of the service, where only some are selected; the
    /// capacity promise is about them all.
    /// `endpoints` are the selected hosts in inventory order; `named` are those that the spec names beside; `agents`
    /// are of both. `stateDirectory` is where packed artifacts are kept.
    /// `hostAnswered` is called when a host has said what it runs, or has not in time.
    public init(
        spec: RolloutSpec, specDirectory: String, stateDirectory: String, endpoints: [HostEndpoint],
        agents: [HostName: HostAgent], named: NamedHosts = NamedHosts(), variables: TemplateVariables? = nil,
        groupSize: Int = 0, hostAnswered: @escaping @Sendable () -> Void = {}
    ) {
        self.hostAnswered = hostAnswered
        self.variables = variables ?? TemplateVariables(of: endpoints.map(\.name))
        self.groupSize = groupSize
        self.spec = spec
        self.specDirectory = specDirectory
        self.stateDirectory = stateDirectory
        self.endpoints = endpoints
        self.agents = agents
        self.named = named
    }

    /// A job for the spec's own artifact. The hosts are asked while the artifact is packed; configuration is rendered
    /// for all of them, and secrets are got, before anything is begun.
    /// - Throws: ``PreparationError``.
    public func rollout(_ id: RolloutID) async throws(PreparationError) -> PreparedRollout {
        let hooks = try coordinatorHooks()
        let schema = try schemaRecipe()
        let ground = try await ground(Strategy(spec.strategy, named))
        async let survey = preflight(ground.definition).survey(hostAnswered)
        let artifact = try await loadArtifact()
        let release = spec.release ?? Artifact.defaultReleaseID(fileName: spec.artifact.text, digest: artifact.digest)
        let configuration = try configuration(of: release, for: ground.color)
        let renderer = try await checked(configuration)
        let reports = try await survey.reports(
            forArtifactOf: artifact.size, skipsOffline: spec.offline == .skip)
        let comparisons = try await ConfigurationSurvey(
            agents: agents, installDirectory: ground.definition.installDirectory, digest: artifact.digest,
            renderer: renderer
        ).run(reports)
        let directory = ReleaseDirectory(release: release, digest: artifact.digest, rollout: id)
        let targets = try directory.names(on: endpoints.map(\.name), reports, comparisons)
        var request = try request(id, ground, reports, artifact.reference(release: release), targets)
        setCourse(of: &request, hooks, schema)
        request.servingReleases = await servingReleases(ground)
        var prepared = try await prepared(request, ground, reports, artifact.reference(release: release), hooks, schema)
        prepared.job.artifactDirectory = artifactDirectory
        prepared.job.schedule = spec.allowed
        prepared.job.configuration = configuration?.recipe
        prepared.job.analyses = try analysisRecipe(for: prepared.job.plan)
        prepared.artifact = artifact
        prepared.configuration = configuration
        prepared.comparisons = comparisons
        return prepared
    }

    /// What the spec says of the way forward, and of failures on it.
    func setCourse(of request: inout PlanRequest, _ hooks: [HookProgram], _ schema: SchemaRecipe?) {
        request.onFailure = FailureResponse(spec.onFailure)
        request.hooks = Set(hooks.map(\.hook))
        request.schema = schema.map { SchemaPlan(host: $0.host.name, hooks: Set($0.programs.keys)) }
        request.rehearsesRollback = spec.rehearsesRollback
        request.isReversible = spec.isReversible
        request.hasWindow = spec.allowed != nil
    }

    /// A job that brings back a release that every host still holds: `release`, or each host's previous one. It goes to
    /// all hosts at once as far as `max_unavailable` allows, at any hour, and stops for a person where it fails. Where
    /// one of two sides takes the traffic, the other one gets it back, with what it runs or that release.
    /// - Throws: ``PreparationError``; where hosts do not hold the release, each is named.
    public func rollback(_ id: RolloutID, to release: ReleaseID?) async throws(PreparationError) -> PreparedRollout {
        let hooks = try coordinatorHooks()
        let ground = try await ground(Strategy(spec.strategy, named).withoutTrials)
        let reports = try await preflight(ground.definition).survey(hostAnswered).reports(forArtifactOf: 0)
        let target = try RollbackTarget(
            release, among: reports, in: ground.changing(of: endpoints.map(\.name)), isIdle: ground.hasIdleSide)
        let reference = ArtifactReference(
            release: target.release.text, digest: target.digest.hex, size: 0, packedDigest: target.digest.hex,
            packedSize: 0
        )
        var request = try request(id, ground, reports, reference, target.directories)
        request.onFailure = .pause
        request.hooks = Set(hooks.map(\.hook))
        request.servingReleases = await servingReleases(ground)
        return try await prepared(request, ground, reports, reference, hooks, nil)
    }

    /// What the hosts are told of the service, its scripts included; of that instance, where each host runs two.
    /// - Throws: ``PreparationError/spec(_:)`` where a script can't be read.
    public func definition(
        of color: RolloutSpec.Instances.Color? = nil
    ) throws(PreparationError) -> ServiceDefinition {
        do throws(Diagnostics) {
            return try ServiceDefinition(spec, color, scriptsIn: specDirectory)
        } catch { throw .spec(error) }
    }

    /// What the instances run that are to be relieved. A host that does not say is found out of reach by others.
    private func servingReleases(_ ground: RolloutGround) async -> [HostName: LiveRelease] {
        guard spec.maximumLiveVersions != nil, let serving = ground.retired else { return [:] }
        let answers = await preflight(serving).survey().answers
        return answers.compactMapValues { answer in
            guard case .success(let report) = answer else { return nil }
            let seen = HostObservation(report)
            return seen.current.map { LiveRelease($0, digest: seen.currentDigest) }
        }
    }

    private func preflight(_ definition: ServiceDefinition) -> Preflight {
        let selected = Set(endpoints.map(\.name))
        return Preflight(agents: agents.filter { selected.contains($0.key) }, definition: definition)
    }

    /// Nil where the spec has none.
    private func configuration(
        of release: ReleaseID, for color: RolloutSpec.Instances.Color?
    ) throws(PreparationError) -> ConfigurationSource? {
        var variables = variables
        var facts = [
            "service": spec.service.text, "release": release.text,
            "install_dir": (color.map(spec.instance) ?? spec).installDirectory,
        ]
        facts["color"] = color?.rawValue
        facts["port"] = color.flatMap { spec.strategy.instances?.port(of: $0) }.map { "\($0)" }
        variables.describe(facts)
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

    func coordinatorHooks() throws(PreparationError) -> [HookProgram] {
        var problems: [Diagnostic] = []
        var programs: [HookProgram] = []
        for (name, path) in spec.hooks.onCoordinator.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let program = ProgramHere(path, in: specDirectory)
            programs.append(HookProgram(hook: CoordinatorHook(name), path: program.path, directory: specDirectory))
            if let problem = program.problem { problems.append(problem) }
        }
        guard problems.isEmpty else { throw .spec(Diagnostics(problems)) }
        return programs
    }

    /// Nil where nothing is measured.
    private func analysisRecipe(for plan: RolloutPlan) throws(PreparationError) -> AnalysisRecipe? {
        guard !spec.analyses.isEmpty else { return nil }
        let recipe = AnalysisRecipe(spec.analyses, directory: specDirectory)
        let problems = recipe.missingScripts
        guard problems.isEmpty else { throw .spec(Diagnostics(problems)) }
        if let refusal = recipe.refusal(of: plan) { throw .refused(refusal) }
        return recipe
    }

    func schemaRecipe() throws(PreparationError) -> SchemaRecipe? {
        guard let schema = spec.schema else { return nil }
        guard let host = named.schemaHost else { preconditionFailure("a spec's host that nobody has looked up") }
        do throws(Diagnostics) {
            return try SchemaRecipe(schema, on: host, scriptsIn: specDirectory)
        } catch { throw .spec(error) }
    }

    private func request(
        _ id: RolloutID, _ ground: RolloutGround, _ reports: [HostName: HostReport], _ reference: ArtifactReference,
        _ targets: [HostName: String]
    ) throws(PreparationError) -> PlanRequest {
        guard let release = ReleaseID(reference.release), let digest = Digest(hex: reference.digest) else {
            preconditionFailure("a checked name became unchecked")
        }
        let domains = try domains()
        let hosts = endpoints.map { endpoint in
            var host = PlannedHost(endpoint.name, reports[endpoint.name], target: targets[endpoint.name])
            host.domains = domains[endpoint.name] ?? [:]
            return host
        }
        var request = request(id, ground.strategy, hosts, release, digest)
        request.hostHookCount = ground.definition.hooks.count
        request.traffic = ground.findings?.plan
        return request
    }

    /// With what the spec says of time, failures and versions, whichever way releases go.
    func request(
        _ id: RolloutID, _ strategy: Strategy, _ hosts: [PlannedHost], _ release: ReleaseID, _ digest: Digest
    ) -> PlanRequest {
        var request = PlanRequest(
            rollout: id, service: spec.service, release: release, digest: digest, hosts: hosts, strategy: strategy)
        request.groupSize = groupSize
        request.minimumHealthyTime = spec.timing.minimumHealthyTime
        request.healthyDeadline = spec.timing.healthyDeadline
        request.progressDeadline = spec.timing.progressDeadline
        request.commandTimeout = spec.timing.commandTimeout
        request.maximumFailures = FailureBudget(
            batch: spec.maximumFailures.batch, rollout: spec.maximumFailures.rollout)
        request.maximumLiveVersions = spec.maximumLiveVersions
        return request
    }

    private func prepared(
        _ request: PlanRequest, _ ground: RolloutGround, _ reports: [HostName: HostReport],
        _ reference: ArtifactReference, _ hooks: [HookProgram], _ schema: SchemaRecipe?
    ) async throws(PreparationError) -> PreparedRollout {
        let plan: RolloutPlan
        do throws(PlanRefusal) {
            plan = try request.plan()
            if let settings = spec.traffic { try ground.findings?.refuseClosed(by: plan, behind: settings) }
        } catch { throw .refused(error) }
        var job = RolloutJob(
            plan: plan, endpoints: endpoints, definition: ground.definition, artifact: reference,
            artifactDirectory: nil, hooks: hooks, retired: ground.retired)
        job.traffic = ground.recipe
        job.schema = schema
        var prepared = PreparedRollout(job: job, artifact: nil, reports: reports)
        prepared.helperReports = try await HelperSurvey(job, agents: agents, among: reports).run()
        prepared.notices = ground.findings?.notices ?? []
        return prepared
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
