import AgentProtocol
import CZstd
import FleetModel
import Foundation

extension Artifact {
    /// The artifact that an earlier ``load(_:storingIn:)`` stored there, or nil where it is missing or damaged.
    ///
    /// So that a rollout can be resumed, or rolled back to, after the build directory has moved on. Reads it whole.
    public static func stored(_ digest: Digest, in directory: String) -> Artifact? {
        let path = storedPath(of: digest, in: directory)
        guard let file = try? OpenFile(Array(path.utf8), flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let found = StoredArchive(file).read(), found.digest == digest
        else { return nil }
        return Artifact(
            digest: digest, size: found.size, packedDigest: found.packedDigest, packedSize: found.packedSize,
            entryCount: found.entryCount, packedFile: path, packed: file
        )
    }
}

/// A stored file as it is read back; the disk may have changed it.
private struct StoredArchive {
    struct Contents {
        var digest: Digest
        var size: UInt64
        var packedDigest: Digest
        var packedSize: UInt64
        var entryCount: Int
    }

    private let file: OpenFile
    private var archiveHash = ContentHash()
    private var packedHash = ContentHash()
    private var packedSize: UInt64 = 0
    private var entryCount = 0
    private var output = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())

    init(_ file: OpenFile) { self.file = file }

    /// Nil where it is not one whole canonical archive.
    func read() -> Contents? {
        var copy = self
        return copy.readAll()
    }

    private mutating func readAll() -> Contents? {
        guard let stream = ZSTD_createDStream() else { return nil }
        defer { ZSTD_freeDStream(stream) }
        var input = [UInt8](repeating: 0, count: ZSTD_DStreamInSize())
        var reader: CanonicalArchiveReader?
        var size: UInt64 = 0
        while true {
            guard let count = try? file.read(into: &input, input.indices, at: packedSize) else { return nil }
            if count == 0 { break }
            if reader == nil {
                // "Unknown" and "error" are the two largest numbers, so they are too large.
                size = input.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, count) }
                guard size <= Artifact.maximumBytes else { return nil }
                reader = CanonicalArchiveReader(size: size)
            }
            packedHash.update(input[..<count])
            packedSize += UInt64(count)
            guard (try? decompress(input[..<count], with: stream, into: &reader)) == true else { return nil }
        }
        guard let reader, (try? reader.finish()) != nil else { return nil }
        return Contents(
            digest: archiveHash.digest(), size: size, packedDigest: packedHash.digest(), packedSize: packedSize,
            entryCount: entryCount
        )
    }

    /// False where the bytes are not zstd's.
    private mutating func decompress(
        _ packed: ArraySlice<UInt8>, with stream: OpaquePointer, into reader: inout CanonicalArchiveReader?
    ) throws(ArchiveError) -> Bool {
        var taken = 0
        var isOutputFull = false
        while taken < packed.count || isOutputFull {
            let (result, written) = packed.dropFirst(taken).withUnsafeBytes { source in
                output.withUnsafeMutableBytes { buffer in
                    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                    var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                    let result = ZSTD_decompressStream(stream, &target, &input)
                    taken += input.pos
                    return (result, target.pos)
                }
            }
            guard ZSTD_isError(result) == 0 else { return false }
            isOutputFull = written == output.count
            archiveHash.update(output[..<written])
            reader?.feed(output[..<written])
            while let event = try reader?.next() {
                if case .entry = event { entryCount += 1 }
            }
        }
        return true
    }
}
