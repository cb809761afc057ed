import AgentProtocol
import CAgentShim
import Glibc

/// The worker: unpacks an uploaded artifact beside the releases while it verifies what came (packed) and what that
/// decompresses to, and only then gives the release its name. A process of its own, so that the daemon stays small and
/// answers meanwhile.
struct Unpacker {
    private let order: UnpackOrder
    private let store: ReleaseStore
    private let staging: String

    init(_ order: UnpackOrder) {
        self.order = order
        store = ReleaseStore(directory: order.installDirectory)
        staging = store.releasesDirectory + "/" + store.stagingName(of: order.artifact.directoryName)
    }

    func run() -> StepResult {
        agent_die_with_parent()
        do throws(UnpackError) {
            try unpack()
            unlink(order.part)
            removeBundle()
            return StepResult(ending: .succeeded)
        } catch {
            // Bytes that are not what they should be would only be resumed from again.
            if error.ending == .artifactUnusable || error.ending == .archiveRefused { unlink(order.part) }
            removeBundle()
            // What cannot be removed now goes when the rollout finishes.
            try? TreeRemoval.remove(staging)
            return StepResult(ending: error.ending, problem: error.problem)
        }
    }

    /// It may hold secrets, and is sent again where it is wanted again.
    private func removeBundle() {
        if let configuration = order.configuration { unlink(configuration.part) }
    }

    private func unpack() throws(UnpackError) {
        let part = agent_open(AT_FDCWD, order.part, O_RDONLY | O_NOFOLLOW, 0)
        guard part >= 0 else { throw UnpackError(.artifactUnusable, "the artifact has not been uploaded") }
        defer { close(part) }
        let tree = try Self.attempt { () throws(SystemError) in
            try FileSystem.makeDirectory(store.releasesDirectory, mode: 0o755)
            try TreeRemoval.remove(staging)
            return try TreeWriter(staging)
        }
        try fill(tree, from: part)
        let files = try order.configuration.map(ConfigurationWriter.init)?.write(to: tree.root) ?? []
        try Self.attempt { () throws(SystemError) in
            try tree.finish()
            try publish(tree, with: files)
        }
    }

    private func fill(_ tree: TreeWriter, from part: Int32) throws(UnpackError) {
        let decoder = try ZstdDecoder()
        var archive = CanonicalArchiveReader(size: order.artifact.size)
        var (packed, canonical) = (SHA256(), SHA256())
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = read(part, &buffer, buffer.count)
            guard count >= 0 else { throw UnpackError(SystemError(errno, "cannot read \(order.part)")) }
            if count == 0 { break }
            packed.update(buffer[..<count])
            try decoder.decode(buffer[..<count]) { (content) throws(UnpackError) in
                canonical.update(content)
                archive.feed(content)
                try Self.write(&archive, to: tree)
            }
        }
        guard SHA256.hex(digest: packed.finalize()) == order.artifact.packedDigest, decoder.isComplete else {
            throw UnpackError(.artifactUnusable, "the uploaded bytes are not those of \(order.artifact.packedDigest)")
        }
        guard SHA256.hex(digest: canonical.finalize()) == order.artifact.digest else {
            throw UnpackError(.artifactUnusable, "the archive is not \(order.artifact.digest)")
        }
        do throws(ArchiveError) { try archive.finish() } catch { throw UnpackError(error) }
    }

    private static func write(_ archive: inout CanonicalArchiveReader, to tree: TreeWriter) throws(UnpackError) {
        while true {
            let event: CanonicalArchiveReader.Event?
            do throws(ArchiveError) { event = try archive.next() } catch { throw UnpackError(error) }
            guard let event else { return }
            try attempt { () throws(SystemError) in
                switch event {
                case .entry(let entry): try tree.begin(entry)
                case .content(let content): try tree.write(content)
                case .end: break
                }
            }
            if event == .end { return }
        }
    }

    /// The metadata first: a release that has its name has its digest.
    private func publish(_ tree: TreeWriter, with files: [ConfigurationFile]) throws(SystemError) {
        let release = order.artifact.directoryName
        let metadata = ReleaseMetadata(
            digest: order.artifact.digest, stagedSeconds: UInt64(clamping: time(nil)),
            release: order.artifact.release, files: files)
        try DurableFile.write(metadata, to: store.metadataPath(of: release))
        guard rename(staging, store.path(of: release)) == 0 else {
            throw SystemError(errno, "cannot make \(store.path(of: release))")
        }
        guard tree.isAt(store.path(of: release)) else {
            unlink(store.metadataPath(of: release))
            throw SystemError(
                EPERM, "\(store.path(of: release)) is not what was unpacked: who else writes to \(store.directory)?")
        }
        try FileSystem.synchronizeDirectory(store.releasesDirectory)
    }

    private static func attempt<Value>(_ body: () throws(SystemError) -> Value) throws(UnpackError) -> Value {
        do throws(SystemError) { return try body() } catch { throw UnpackError(error) }
    }
}
