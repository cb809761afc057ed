import AgentProtocol
import FleetModel
import Foundation

/// Writes a tree as a canonical archive, hashed and compressed on the way, in memory that does not grow with it.
struct Packer {
    private let context: ArtifactContext
    private let spool: OpenFile
    private let compressor: ZstdCompressor
    private let target: OpenFile
    private var archiveHash = ContentHash()
    private var packedHash = ContentHash()
    private var packedSize: UInt64 = 0
    /// What is not yet hashed and compressed: many small pieces become few large ones.
    private var buffer = [UInt8](repeating: 0, count: bufferBytes)
    private var buffered = 0

    private static let bufferBytes = 1 << 20

    struct Result {
        var digest: Digest
        var packedDigest: Digest
        var packedSize: UInt64
    }

    /// - Parameters:
    ///   - size: What ``size(of:_:)`` says.
    ///   - spool: Where the contents are that no other file has.
    init(size: UInt64, from spool: OpenFile, to target: OpenFile, _ context: ArtifactContext) throws(ArtifactError) {
        self.context = context
        self.spool = spool
        self.target = target
        compressor = try ZstdCompressor(size: size, context)
    }

    /// Bytes of the whole archive.
    static func size(of nodes: [SourceTree.Node], _ context: ArtifactContext) throws(ArtifactError) -> UInt64 {
        var size = UInt64(CanonicalArchive.trailer.count)
        for node in nodes {
            // No overflow: an entry has at most 8 GiB and some kilobytes.
            size += CanonicalArchive.storedBytes(of: node.entry)
            guard size <= Artifact.maximumBytes else { throw tooLarge(context) }
        }
        return size
    }

    static func tooLarge(_ context: ArtifactContext) -> ArtifactError {
        context.error("holds more than \(Artifact.maximumBytes >> 30) GiB", remedy: "keep data out of the release")
    }

    mutating func pack(_ nodes: [SourceTree.Node]) throws(ArtifactError) -> Result {
        for node in nodes { try append(node) }
        try append(CanonicalArchive.trailer)
        try flush(isLast: true)
        return Result(digest: archiveHash.digest(), packedDigest: packedHash.digest(), packedSize: packedSize)
    }

    private mutating func append(_ node: SourceTree.Node) throws(ArtifactError) {
        try append(CanonicalArchive.header(for: node.entry))
        guard case .file(_, let size) = node.entry.content else { return }
        switch node.content {
        case .none: preconditionFailure("a file's content is somewhere")
        case .spooled(let offset): try append(spool, from: offset, size, of: node.entry.path)
        case .file(let location, let stamp): try append(fileAt: location, stamp, of: node.entry.path)
        }
        try append([UInt8](repeating: 0, count: CanonicalArchive.padding(after: size)))
    }

    private mutating func append(
        fileAt location: [UInt8], _ stamp: FileStamp, of path: [UInt8]
    ) throws(ArtifactError) {
        // Not following links and not waiting for writers: it may have become a link or a pipe since.
        let file = try context.perform(at: path) { () throws(SystemError) in
            try OpenFile(location, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
        try verify(file, is: stamp, at: path)
        try append(file, from: 0, stamp.size, of: path)
        try verify(file, is: stamp, at: path)
    }

    private func verify(_ file: OpenFile, is stamp: FileStamp, at path: [UInt8]) throws(ArtifactError) {
        let status = try context.perform(at: path) { () throws(SystemError) in try file.status() }
        guard status.type == S_IFREG, FileStamp(status) == stamp else { throw changed(path) }
    }

    private func changed(_ path: [UInt8]) -> ArtifactError {
        context.error("changed while it was packed", at: path, remedy: "wait for the build to end, then try again")
    }

    private mutating func append(
        _ file: OpenFile, from offset: UInt64, _ size: UInt64, of path: [UInt8]
    ) throws(ArtifactError) {
        var done: UInt64 = 0
        while done < size {
            if buffered == buffer.count { try flush(isLast: false) }
            let wanted = Int(min(size - done, UInt64(buffer.count - buffered)))
            let range = buffered..<buffered + wanted
            let count = try context.perform(at: path) { () throws(SystemError) in
                try file.read(into: &buffer, range, at: offset + done)
            }
            guard count > 0 else { throw changed(path) }
            buffered += count
            done += UInt64(count)
        }
    }

    private mutating func append(_ bytes: [UInt8]) throws(ArtifactError) {
        if bytes.count > buffer.count - buffered { try flush(isLast: false) }
        // Headers have at most ten kilobytes.
        buffer.replaceSubrange(buffered..<buffered + bytes.count, with: bytes)
        buffered += bytes.count
    }

    private mutating func flush(isLast: Bool) throws(ArtifactError) {
        let bytes = buffer[..<buffered]
        archiveHash.update(bytes)
        try compressor.compress(bytes, isLast: isLast) { packed throws(ArtifactError) in try write(packed) }
        buffered = 0
    }

    private mutating func write(_ packed: ArraySlice<UInt8>) throws(ArtifactError) {
        packedHash.update(packed)
        try context.perform { () throws(SystemError) in try target.write(packed, at: packedSize) }
        packedSize += UInt64(packed.count)
    }
}
