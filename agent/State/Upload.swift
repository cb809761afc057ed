import AgentProtocol
import Glibc

/// One client's sending of one artifact.
final class Upload {
    private let artifact: ArtifactReference
    private let file: Int32
    private(set) var offset: UInt64

    init(artifact: ArtifactReference, file: Int32, offset: UInt64) {
        (self.artifact, self.file, self.offset) = (artifact, file, offset)
    }

    deinit { close(file) }

    var isComplete: Bool { offset == artifact.packedSize }

    /// Writes a chunk where it belongs. Answers what is wrong with it, or nil.
    func receive(_ chunk: Chunk) throws(SystemError) -> String? {
        guard chunk.content.count <= ProtocolLimits.maximumChunkBytes else { return "a chunk is too large" }
        guard chunk.offset == offset else { return "a chunk came for offset \(chunk.offset) instead of \(offset)" }
        guard UInt64(chunk.content.count) <= artifact.packedSize - offset else {
            return "more bytes came than the artifact has"
        }
        var rest = chunk.content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
            guard count > 0 else { throw SystemError(errno, "cannot write the artifact") }
            rest = rest.dropFirst(count)
            offset += UInt64(count)
        }
        return nil
    }
}
