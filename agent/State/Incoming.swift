import AgentProtocol
import CAgentShim
import Glibc

/// Artifacts on their way in: `incoming/<packed digest>.part`, whose size is how far they have come; and
/// configurations, `incoming/<service>:<digest>.configuration`, which hold secrets and stay only while needed.
final class Incoming {
    /// Part files to keep; the oldest go first.
    private static let maximumParts = 16

    /// Left free for the ledgers, which share the disk, and for whatever else the host runs.
    private static let reserveBytes: UInt64 = 16 << 20

    private let directory: String
    /// Chunks are not answered: what went wrong with them is told by the step that needs them.
    private var failures: [String: StepResult] = [:]

    /// Nobody will ask for the configurations that an earlier agent has left: they are sent anew.
    init(directory: String) throws(SystemError) {
        self.directory = directory
        try dropConfigurations { _ in true }
    }

    func path(of packedDigest: String) -> String { directory + "/" + packedDigest + ".part" }

    func path(of configuration: ConfigurationReference, for service: String) -> String {
        path(ofConfiguration: configuration.digest, for: service)
    }

    private func path(ofConfiguration digest: String, for service: String) -> String {
        directory + "/" + service + Self.serviceMark + digest + Self.configurationSuffix
    }

    private static let configurationSuffix = ".configuration"
    /// In no service's name.
    private static let serviceMark = ":"

    /// Removes the configurations that were sent for a service.
    func dropConfigurations(of service: String) throws(SystemError) {
        try dropConfigurations { $0.hasPrefix(service + Self.serviceMark) }
    }

    private func dropConfigurations(where isDropped: (String) -> Bool) throws(SystemError) {
        for name in try FileSystem.names(in: directory) where name.hasSuffix(Self.configurationSuffix) {
            if isDropped(name) { unlink(directory + "/" + name) }
        }
    }

    /// Opens the part file of an artifact for more; its offset is where it goes on. nil where the disk cannot hold it:
    /// then the step that needs it will say so.
    ///
    /// - Parameter service: Whose configuration it is; nil for an artifact.
    func open(_ artifact: ArtifactReference, asConfigurationOf service: String? = nil) throws(SystemError) -> Upload? {
        try FileSystem.makeDirectory(directory, mode: 0o700)
        try dropOldest()
        failures[artifact.packedDigest] = nil
        let path: String =
            if let service { self.path(ofConfiguration: artifact.packedDigest, for: service) } else {
                self.path(of: artifact.packedDigest)
            }
        let file = agent_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(errno, "cannot make \(path)") }
        let size = UInt64(clamping: lseek(file, 0, SEEK_END))
        // Longer than it can be: not what it says, so from the start.
        let isTooLong = size > artifact.packedSize
        if isTooLong { ftruncate(file, 0) }
        let upload = Upload(artifact: artifact, file: file, offset: isTooLong ? 0 : size)
        let (missing, free) = (artifact.packedSize - upload.offset, Disk.space(at: directory).free)
        guard missing > 0, free < missing || free - missing < Self.reserveBytes else { return upload }
        failures[artifact.packedDigest] = StepResult(
            ending: .outOfSpace, problem: "\(directory) has \(free) bytes free, and the artifact needs \(missing) more")
        return nil
    }

    func receive(_ chunk: Chunk, into upload: Upload) {
        guard failures[chunk.packedDigest] == nil else { return }
        do throws(SystemError) {
            guard let problem = try upload.receive(chunk) else { return }
            failures[chunk.packedDigest] = StepResult(ending: .artifactUnusable, problem: problem)
        } catch {
            failures[chunk.packedDigest] = StepResult(error)
            // Better to begin anew than to leave the host with a full disk.
            if error.isOutOfSpace { unlink(path(of: chunk.packedDigest)) }
        }
    }

    /// What keeps an artifact from being unpacked, or nil.
    func failure(of artifact: ArtifactReference) -> StepResult? {
        if let failure = failures[artifact.packedDigest] { return failure }
        var status = stat()
        let isThere = lstat(path(of: artifact.packedDigest), &status) == 0
        guard isThere, UInt64(clamping: status.st_size) == artifact.packedSize else {
            let size = isThere ? status.st_size : 0
            return StepResult(
                ending: .artifactUnusable, problem: "\(size) of the artifact's \(artifact.packedSize) bytes are here")
        }
        return nil
    }

    /// What kept a configuration from arriving, or nil where nothing did.
    func failure(of configuration: ConfigurationReference) -> StepResult? { failures[configuration.digest] }

    private func dropOldest() throws(SystemError) {
        let paths = try FileSystem.names(in: directory).map { directory + "/" + $0 }
        guard paths.count > Self.maximumParts else { return }
        let oldestFirst = paths.map { (path: $0, time: FileSystem.modified($0)) }.sorted { $0.time < $1.time }
        for entry in oldestFirst.dropLast(Self.maximumParts) { unlink(entry.path) }
    }
}
