import AgentProtocol
import CAgentShim
import Glibc

/// Compares what a coordinator wants with what is in the releases' directories now, by what really is there.
struct ConfigurationComparison {
    private let request: Compare
    private let store: ReleaseStore

    init(_ request: Compare) {
        self.request = request
        store = ReleaseStore(directory: request.installDirectory)
    }

    func run() throws(SystemError) -> Comparison {
        var comparison = Comparison()
        var wanted: [WantedFile] = []
        do throws(UnpackError) {
            for proof in request.files {
                let ownership = try Ownership.resolve(owner: proof.file.owner, group: proof.file.group)
                wanted.append(WantedFile(proof: proof, ownership: ownership))
            }
        } catch {
            comparison.problem = error.problem
            return comparison
        }
        for release in try store.releases() where release.digest == request.digest {
            let differences = try differences(in: release.name, from: wanted)
            if differences.allSatisfy({ $0.kind == .same }) { comparison.matching.append(release) }
        }
        let current = ReleaseStore.release(ofLink: (try? store.current()) ?? "")
        comparison.files = try differences(in: current, from: wanted)
        return comparison
    }

    private struct WantedFile {
        let proof: FileProof
        let ownership: Ownership
    }

    private func differences(in release: String, from wanted: [WantedFile]) throws(SystemError) -> [FileDifference] {
        let isRelease = Names.isRelease(release)
        let present = isRelease ? try store.metadata(of: release)?.files ?? [] : []
        var differences: [FileDifference] = []
        for file in wanted {
            let old = present.first { $0.path == file.proof.file.path }
            let kind = old == nil ? .added : kind(of: file, in: store.path(of: release))
            differences.append(
                FileDifference(path: file.proof.file.path, kind: kind, isSecret: old?.isSecret ?? false))
        }
        for old in present where !wanted.contains(where: { $0.proof.file.path == old.path }) {
            differences.append(FileDifference(path: old.path, kind: .removed, isSecret: old.isSecret))
        }
        return differences
    }

    private func kind(of wanted: WantedFile, in directory: String) -> FileDifference.Kind {
        guard let file = try? ConfiguredFile(wanted.proof.file.path, in: directory) else { return .changed }
        let limit = ProtocolLimits.maximumConfigurationFileBytes
        guard let content = try? file.read(maximumBytes: limit), !content.isCut,
            SHA256.authenticationCode(of: content.content, key: request.nonce) == wanted.proof.proof
        else { return .changed }
        let isSame = file.mode == wanted.proof.file.mode && file.ownership == wanted.ownership
        return isSame ? .same : .attributes
    }
}

/// A regular file in a release, open for reading.
final class ConfiguredFile {
    let mode: UInt64
    let ownership: Ownership
    private let descriptor: Int32

    init(_ path: String, in directory: String) throws(SystemError) {
        let root = agent_open(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        guard root >= 0 else { throw SystemError(errno, "cannot open \(directory)") }
        defer { close(root) }
        // O_NONBLOCK: nobody may have put a FIFO there to keep us waiting.
        let file = try InnerPath.open(path, in: root, flags: O_RDONLY | O_NONBLOCK)
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw SystemError(EINVAL, "\(path) is no file")
        }
        mode = UInt64(status.st_mode & 0o7777)
        ownership = Ownership(user: status.st_uid, group: status.st_gid)
        descriptor = file
    }

    deinit { close(descriptor) }

    func read(maximumBytes: Int) throws(SystemError) -> FileContent {
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while content.count <= maximumBytes {
            let count = Glibc.read(descriptor, &part, part.count)
            guard count >= 0 else { throw SystemError(errno, "cannot read a file of the configuration") }
            if count == 0 { return FileContent(content: content, isCut: false) }
            content += part[..<count]
        }
        return FileContent(content: Array(content.prefix(maximumBytes)), isCut: true)
    }
}
