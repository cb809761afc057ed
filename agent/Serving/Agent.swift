import AgentProtocol
import Glibc

/// Answers requests: checks them, and hands them to the service they are about.
final class Agent {
    private static let maximumServices = 256

    let environment: AgentEnvironment
    let replacements: Replacements
    private let versions: ClosedRange<UInt64>
    private var services: [String: Service] = [:]

    /// - Parameter versions: The protocol versions it speaks.
    init(_ environment: AgentEnvironment, versions: ClosedRange<UInt64> = ProtocolLimits.versions) {
        (self.environment, self.versions) = (environment, versions)
        replacements = Replacements(environment)
    }

    /// Takes up what an earlier agent left in the middle.
    func recover() throws(SystemError) {
        try replacements.recover()
        for name in try FileSystem.names(in: environment.servicesDirectory) where Names.isService(name) {
            do throws(SystemError) {
                try service(name, makes: true)?.recover()
            } catch {
                // One service's damage is no reason to leave the others alone.
                Log.write("service \(name): \(error.problem)")
            }
        }
    }

    var isDraining: Bool { environment.isDraining }

    /// Begins no further step, and calls `onIdle`, perhaps more than once, when none is changing what runs.
    func drain(_ onIdle: @escaping () -> Void) {
        environment.isDraining = true
        environment.onStepEnd = {
            if self.replacements.isIdle, self.services.values.allSatisfy({ $0.stepUnderWay == nil }) { onIdle() }
        }
        environment.onStepEnd()
    }

    func stop() {
        for service in services.values { service.stop() }
    }

    func handle(_ request: Request, id: UInt32, from client: Client) {
        let subscriber = Subscriber(client: client, id: id)
        if client.version == 0 {
            guard case .hello = request else {
                return client.refuse(Refusal(reason: .version, problem: "say hello first"), to: id)
            }
        }
        guard request.minimumVersion <= client.version || client.version == 0 else {
            let problem =
                "it needs version \(request.minimumVersion) of the protocol, and \(client.version) was agreed on"
            return refuse(subscriber, .version, problem)
        }
        do throws(SystemError) {
            switch request {
            case .hello(let request): greet(request, subscriber)
            case .inspect(let request): try inspect(request, subscriber)
            case .begin(let request): try begin(request, subscriber)
            case .offer(let request): try offer(request, subscriber)
            case .chunk(let chunk): receive(chunk, from: client)
            case .perform(let request): try perform(request, subscriber)
            case .finish(let request): try finish(request, subscriber)
            case .compare(let request): try compare(request, subscriber)
            case .read(let request): try read(request, subscriber)
            case .exchange(let request): try exchange(request, subscriber)
            case .replace(let request): try replace(request, subscriber)
            case .countConnections(let request):
                subscriber.reply(.connections(try ConnectionTable.count(localPort: request.port)))
            case .takeSample(let request): try takeSample(request, subscriber)
            case .gatherEvidence(let request): try gatherEvidence(request, subscriber)
            }
        } catch {
            Log.write(error.problem)
            refuse(subscriber, .internalError, error.problem)
        }
    }

    private func greet(_ request: Hello, _ subscriber: Subscriber) {
        guard request.lowestVersion <= request.highestVersion,
            let version = ProtocolLimits.agreedVersion(versions, request.lowestVersion...request.highestVersion)
        else {
            let problem =
                "this agent (\(ProductVersion.text)) speaks protocol versions \(versions.lowerBound) to "
                + "\(versions.upperBound), not \(request.lowestVersion) to \(request.highestVersion)"
            return subscriber.client.refuse(Refusal(reason: .version, problem: problem), to: subscriber.id)
        }
        subscriber.client.version = version
        subscriber.reply(
            .hello(
                Greeting(
                    version: version, agentVersion: ProductVersion.text,
                    machineID: FileSystem.firstLine("/etc/machine-id"),
                    bootID: FileSystem.firstLine("/proc/sys/kernel/random/boot_id"))))
    }

    private func inspect(_ request: Inspect, _ subscriber: Subscriber) throws(SystemError) {
        if let problem = Validation.problem(with: request.definition) { return refuse(subscriber, .invalid, problem) }
        let service = try service(request.definition.service, makes: false)
        // A host between two releases runs neither: whoever asks then would be told what is over in a moment.
        if let step = service?.stepUnderWay { return refuse(subscriber, .busy, "step \(step) is running") }
        Inspection(request, of: service, environment: environment, for: subscriber).start()
    }

    private func begin(_ request: Begin, _ subscriber: Subscriber) throws(SystemError) {
        let problem =
            Validation.problem(with: request.claim) ?? Validation.problem(with: request.definition)
            ?? UserScope.problem(with: request.definition)
        if let problem { return refuse(subscriber, .invalid, problem) }
        guard request.claim.service == request.definition.service else {
            return refuse(subscriber, .invalid, "the claim and the definition name different services")
        }
        guard let service = try service(request.claim.service, makes: true) else {
            return refuse(subscriber, .invalid, "this host has \(Self.maximumServices) services already")
        }
        if let refusal = try service.begin(request) { return subscriber.reply(.refused(refusal)) }
        Log.write(
            "service \(service.name): claimed by rollout \(request.claim.rollout), epoch \(request.claim.epoch), "
                + "\(request.claim.holder)")
        subscriber.reply(.begun)
    }

    private func offer(_ request: Offer, _ subscriber: Subscriber) throws(SystemError) {
        let artifact = request.artifact
        if let problem = Validation.problem(with: artifact) { return refuse(subscriber, .invalid, problem) }
        if request.isConfiguration { return try offerConfiguration(request, subscriber) }
        guard let service = try claimed(request.claim, subscriber) else { return }
        guard let directory = try service.installDirectory() else {
            return refuse(subscriber, .invalid, "rollout \(request.claim.rollout) has not begun here")
        }
        guard !directory.utf8.isEmpty else {
            return refuse(subscriber, .invalid, "nothing of service \(service.name) is installed on this host")
        }
        let store = ReleaseStore(directory: directory)
        if let conflict = try store.conflict(with: artifact) { return refuse(subscriber, .invalid, conflict) }
        if try store.isStaged(artifact) { return subscriber.reply(.wanted(offset: artifact.packedSize)) }
        guard let upload = try environment.incoming.open(artifact) else {
            return subscriber.reply(.wanted(offset: artifact.packedSize))
        }
        // Of one that is here already no chunk will come to end it, and an open file keeps its blocks.
        guard upload.isComplete || subscriber.client.begin(upload, of: artifact.packedDigest) else {
            return refuse(subscriber, .busy, "this connection sends other artifacts already")
        }
        subscriber.reply(.wanted(offset: upload.offset))
    }

    private func offerConfiguration(_ request: Offer, _ subscriber: Subscriber) throws(SystemError) {
        let bundle = request.artifact
        let reference = ConfigurationReference(digest: bundle.packedDigest, size: bundle.packedSize)
        if let problem = Validation.problem(with: reference) { return refuse(subscriber, .invalid, problem) }
        guard let service = try claimed(request.claim, subscriber) else { return }
        guard let upload = try environment.incoming.open(bundle, asConfigurationOf: service.name) else {
            return subscriber.reply(.wanted(offset: bundle.packedSize))
        }
        guard upload.isComplete || subscriber.client.begin(upload, of: bundle.packedDigest) else {
            return refuse(subscriber, .busy, "this connection sends other artifacts already")
        }
        subscriber.reply(.wanted(offset: upload.offset))
    }

    private func compare(_ request: Compare, _ subscriber: Subscriber) throws(SystemError) {
        if let problem = Validation.problem(with: request) { return refuse(subscriber, .invalid, problem) }
        subscriber.reply(.compared(try ConfigurationComparison(request).run()))
    }

    private func read(_ request: ReadFile, _ subscriber: Subscriber) throws(SystemError) {
        if request.installDirectory.utf8.isEmpty { return try readHostFile(request, subscriber) }
        guard Names.isAbsolutePath(request.installDirectory) else {
            return refuse(subscriber, .invalid, "'\(request.installDirectory)' cannot be an install directory")
        }
        let store = ReleaseStore(directory: request.installDirectory)
        let current = ReleaseStore.release(ofLink: try store.current())
        let files = Names.isRelease(current) ? try store.metadata(of: current)?.files ?? [] : []
        guard let file = files.first(where: { $0.path == request.path }), !file.isSecret else {
            return refuse(subscriber, .invalid, "'\(request.path)' is no file of the configuration, or a secret")
        }
        let content = try ConfiguredFile(file.path, in: store.path(of: current))
            .read(maximumBytes: ProtocolLimits.maximumReadBytes)
        subscriber.reply(.content(content))
    }

    private func readHostFile(_ request: ReadFile, _ subscriber: Subscriber) throws(SystemError) {
        guard Names.isAbsolutePath(request.path) else {
            return refuse(subscriber, .invalid, "'\(request.path)' is no absolute path without '..'")
        }
        let content = try ConfiguredFile(FileSystem.name(of: request.path), in: FileSystem.parent(of: request.path))
            .read(maximumBytes: ProtocolLimits.maximumReadBytes)
        subscriber.reply(.content(content))
    }

    private func receive(_ chunk: Chunk, from client: Client) {
        guard let upload = client.upload(of: chunk.packedDigest) else {
            return client.drop("it sent bytes of an artifact that it had not offered")
        }
        environment.incoming.receive(chunk, into: upload)
        if upload.isComplete { client.endUpload(of: chunk.packedDigest) }
    }

    private func perform(_ request: Perform, _ subscriber: Subscriber) throws(SystemError) {
        guard Names.isRelease(request.step) else {
            return refuse(subscriber, .invalid, "'\(request.step)' cannot be a step's name")
        }
        let problem =
            Validation.problem(with: request.action) ?? request.configuration.flatMap(Validation.problem(with:))
        if let problem { return refuse(subscriber, .invalid, problem) }
        try claimed(request.claim, subscriber)?.perform(request, for: subscriber)
    }

    private func finish(_ request: Finish, _ subscriber: Subscriber) throws(SystemError) {
        guard let service = try claimed(request.claim, subscriber) else { return }
        if let step = service.stepUnderWay { return refuse(subscriber, .busy, "step \(step) is running") }
        environment.removeLater(try service.finish(request))
        subscriber.reply(.finished)
    }

    /// The service, where `claim` may change it; otherwise the subscriber has been refused.
    func claimed(_ claim: Claim, _ subscriber: Subscriber) throws(SystemError) -> Service? {
        if let problem = Validation.problem(with: claim) {
            refuse(subscriber, .invalid, problem)
            return nil
        }
        guard let service = try service(claim.service, makes: false) else {
            refuse(subscriber, .invalid, "nobody has claimed service \(claim.service)")
            return nil
        }
        if let refusal = service.refusal(of: claim) {
            subscriber.reply(.refused(refusal))
            return nil
        }
        return service
    }

    func refuse(_ subscriber: Subscriber, _ reason: Refusal.Reason, _ problem: String) {
        subscriber.reply(.refused(Refusal(reason: reason, problem: problem)))
    }

    /// - Parameter makes: Also where nobody has ever claimed it.
    func service(_ name: String, makes: Bool) throws(SystemError) -> Service? {
        if let service = services[name] { return service }
        let service = try Service(name: name, environment: environment)
        guard makes ? services.count < Self.maximumServices : service.claim != nil else { return nil }
        services[name] = service
        return service
    }
}
