import AgentProtocol
import FleetModel
import Foundation

/// What a release is made of, ready to send: a canonical archive, named by its digest and compressed once.
///
/// It may be shared by all that send it.
public struct Artifact: Sendable {
    /// Bytes of a canonical archive at most: 64 GiB.
    public static let maximumBytes: UInt64 = 64 << 30

    /// SHA-256 of the canonical archive: what the release is. Equal trees have equal ones, however they came.
    public let digest: Digest
    /// Bytes of the canonical archive.
    public let size: UInt64
    /// SHA-256 of the compressed bytes: names the transfer.
    public let packedDigest: Digest
    /// Compressed bytes.
    public let packedSize: UInt64
    /// Directories, files and links in it.
    public let entryCount: Int
    /// The compressed bytes, `<digest>.tar.zst`.
    public let packedFile: String

    let packed: OpenFile

    /// Reads a directory, or a tar archive (plain, gzip or zstd, whatever it is called), and packs it.
    ///
    /// A directory's own name is not part of the release, its contents are; in an archive a leading `./` is dropped,
    /// but a single directory at the top is not stripped. Permission bits count; owners, times, extended attributes
    /// do not.
    /// Takes time and blocks; memory does not grow with the contents.
    ///
    /// - Parameter directory: Where `<digest>.tar.zst` is put, created where missing; also for what is unpacked
    ///   meanwhile.
    /// - Throws: ``ArtifactError`` where there is none, it can't be read, or hosts would refuse what is in it.
    public static func load(_ path: String, storingIn directory: String) throws(ArtifactError) -> Artifact {
        let context = ArtifactContext(artifact: path)
        let source = try context.perform { () throws(SystemError) in
            try OpenFile(Array(path.utf8), flags: O_RDONLY | O_NONBLOCK)
        }
        let status = try context.perform { () throws(SystemError) in try source.status() }
        try create(directory, context)
        let (spool, spoolPath) = try context.perform { () throws(SystemError) in
            try OpenFile.temporary(prefix: directory + "/.unpacking-")
        }
        // Nameless from now on: it goes with its last descriptor, however this ends.
        unlink(spoolPath)
        let tree: SourceTree
        switch status.type {
        case S_IFDIR: tree = try DirectorySource(path, context).tree()
        case S_IFREG:
            var archive = TarSource(spool: spool, context)
            tree = try archive.tree(from: source)
        default: throw context.error("is neither a directory nor a file")
        }
        return try pack(tree.sorted(), spool, storingIn: directory, context)
    }

    private static func pack(
        _ nodes: [SourceTree.Node], _ spool: OpenFile, storingIn directory: String, _ context: ArtifactContext
    ) throws(ArtifactError) -> Artifact {
        let size = try Packer.size(of: nodes, context)
        let (file, temporary) = try context.perform { () throws(SystemError) in
            try OpenFile.temporary(prefix: directory + "/.packing-")
        }
        // Nothing to remove where it has been renamed.
        defer { unlink(temporary) }
        var packer = try Packer(size: size, from: spool, to: file, context)
        let result = try packer.pack(nodes)
        let final = storedPath(of: result.digest, in: directory)
        guard rename(temporary, final) == 0 else { throw context.error(SystemError("write '\(final)'")) }
        return Artifact(
            digest: result.digest, size: size, packedDigest: result.packedDigest, packedSize: result.packedSize,
            entryCount: nodes.count, packedFile: final, packed: file
        )
    }

    private static func create(_ directory: String, _ context: ArtifactContext) throws(ArtifactError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw context.error("cannot create '\(directory)' to store it: \(error.localizedDescription)")
        }
    }

    static func storedPath(of digest: Digest, in directory: String) -> String { "\(directory)/\(digest.hex).tar.zst" }

    /// Up to `count` compressed bytes from `offset` on; fewer at the end only. May be called from any thread.
    /// - Throws: ``ArtifactError`` where they can't be read.
    public func readChunk(offset: UInt64, count: Int) throws(ArtifactError) -> [UInt8] {
        let wanted = Int(clamping: min(UInt64(max(0, count)), packedSize - min(offset, packedSize)))
        let context = ArtifactContext(artifact: packedFile)
        var chunk = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            done += try context.perform { () throws(SystemError) in
                let count = try packed.read(into: &chunk, done..<wanted, at: offset + UInt64(done))
                guard count > 0 else { throw SystemError("read it to its end", code: EIO) }
                return count
            }
        }
        return chunk
    }

    /// What agents are told of it.
    public func reference(release: ReleaseID) -> ArtifactReference {
        ArtifactReference(
            release: release.text, digest: digest.hex, size: size, packedDigest: packedDigest.hex,
            packedSize: packedSize
        )
    }
}
