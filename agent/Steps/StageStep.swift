import AgentProtocol
import Glibc

/// Has a worker process verify and unpack an uploaded artifact.
final class StageStep: Step {
    /// An hour: unpacking ends by itself, and a worker stuck on a dying disk must not hold the service for ever.
    private static let timeout: UInt64 = 3_600_000

    private let artifact: ArtifactReference
    /// What goes into the release beside the artifact's files; nil for nothing.
    private let configuration: ConfigurationReference?
    private var child: ChildProcess?

    init(_ workplace: Workplace, _ artifact: ArtifactReference, configuration: ConfigurationReference?) {
        (self.artifact, self.configuration) = (artifact, configuration)
        super.init(workplace)
    }

    override func start() {
        do throws(SystemError) {
            if try workplace.store.isStaged(artifact) { return workplace.end(StepResult(ending: .succeeded)) }
            guard artifact.packedSize > 0 else {
                return workplace.end(
                    StepResult(ending: .releaseMissing, problem: "release \(artifact.release) is no longer here"))
            }
            if let conflict = try workplace.store.conflict(with: artifact) {
                return workplace.end(StepResult(ending: .archiveRefused, problem: conflict))
            }
            if let failure = workplace.incoming.failure(of: artifact) { return workplace.end(failure) }
            if let configuration, let failure = workplace.incoming.failure(of: configuration) {
                return workplace.end(failure)
            }
            if let failure = try spaceProblem() { return workplace.end(failure) }
            try unpack()
        } catch {
            workplace.end(StepResult(error))
        }
    }

    override func cancel() { child?.cancel() }

    private func spaceProblem() throws(SystemError) -> StepResult? {
        let directory = workplace.store.directory
        try FileSystem.makeDirectory(directory, mode: 0o755)
        let free = Disk.space(at: directory).free
        guard free < artifact.size else { return nil }
        return StepResult(
            ending: .outOfSpace,
            problem: "\(directory) has \(free) bytes free, and release \(artifact.release) takes \(artifact.size)")
    }

    private func unpack() throws(SystemError) {
        let part = workplace.incoming.path(of: artifact.packedDigest)
        let configuration = configuration.map { reference in
            ConfigurationOrder(
                part: workplace.incoming.path(of: reference, for: workplace.definition.service), reference: reference)
        }
        let order = UnpackOrder(
            part: part, installDirectory: workplace.store.directory, artifact: artifact, configuration: configuration)
        var command = Command.ourselves(order.arguments)
        command.output = .reported
        workplace.report("unpacking release \(artifact.release)")
        child = try workplace.children.run(command, timeout: Self.timeout) { ending in
            self.workplace.end(Self.result(of: ending))
        }
    }

    private static func result(of ending: ChildProcess.Ending) -> StepResult {
        if ending.isSuccess, let result = try? WireReader.decode(ending.output[...], as: StepResult.self) {
            return result
        }
        return StepResult(ending, of: "the unpacking worker", as: .internalError)
    }
}
