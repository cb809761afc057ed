import AgentProtocol
import FleetModel

/// Why an artifact can't be rolled out, and what to do about it.
public struct ArtifactError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or directory, as the person named it.
    public var artifact: String
    /// What in it, printable; nil where it is about the whole.
    public var entry: String?
    public var problem: String
    /// A sentence or a command; nil where the problem itself says it.
    public var remedy: String?

    public init(artifact: String, entry: String? = nil, problem: String, remedy: String? = nil) {
        self.artifact = artifact
        self.entry = entry
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        guard let entry else { return "artifact '\(artifact)': \(problem)" }
        return "artifact '\(artifact)': '\(entry)': \(problem)"
    }

    /// The same as the program prints it: the problem, and the remedy as its hint.
    public var diagnostic: Diagnostic { Diagnostic(description, hint: remedy) }
}

/// Errors about one artifact, put shortly.
struct ArtifactContext {
    let artifact: String

    func error(_ problem: String, at path: [UInt8]? = nil, remedy: String? = nil) -> ArtifactError {
        let entry = path.map { String(decoding: $0, as: UTF8.self).printable() }
        return ArtifactError(artifact: artifact, entry: entry, problem: problem, remedy: remedy)
    }

    func error(_ problem: ArchiveError.Problem, at path: [UInt8]) -> ArtifactError {
        error(problem.text, at: path, remedy: problem.remedy)
    }

    func error(_ error: SystemError, at path: [UInt8]? = nil) -> ArtifactError {
        self.error(error.description, at: path, remedy: error.remedy)
    }

    /// What `body` returns; a system call that fails in it becomes an error about this artifact.
    func perform<Value>(
        at path: [UInt8]? = nil, _ body: () throws(SystemError) -> Value
    ) throws(ArtifactError) -> Value {
        do { return try body() } catch { throw self.error(error, at: path) }
    }
}

extension ArchiveError.Problem {
    fileprivate var remedy: String? {
        switch self {
        case .absolutePath, .parentInPath: "pack it from within its directory: tar -C DIRECTORY -cf FILE ."
        case .absoluteLink, .linkLeavesRelease, .emptyLink:
            "a release links only within itself: use a relative target, all its '..' first, or make the link in a hook"
        case .hardLink: "the file it links to must be in the archive, before it"
        case .device, .namedPipe, .unsupportedType: "leave it out; the service or a hook can make it on the host"
        case .specialModeBits: "chmod u-s,g-s it; where the service needs rights, give them in its unit"
        case .notSorted: "pack the archive anew; the same path is in it twice"
        case .fileTooLarge: "files of a release have at most 8 GiB"
        case .parentNotDirectory: "pack the archive anew; it has something below what is a file or a link"
        default: nil
        }
    }
}
