import AgentProtocol

/// A release in canonical form, "compressed" into a zstd frame of raw blocks.
struct TestRelease {
    let name: String
    let reference: ArtifactReference
    let packed: [UInt8]

    /// - Parameter payload: Bytes of one more file, to make it large.
    init(_ name: String, payload: Int = 0) {
        var archive: [UInt8] = []
        Self.add("bin", .directory(mode: 0o755), to: &archive)
        Self.add("bin/tool", .file(mode: 0o755, size: 5), Array("tool\n".utf8), to: &archive)
        Self.add("link", .symlink(target: Array("bin/tool".utf8)), to: &archive)
        let bytes = (0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        Self.add("payload", .file(mode: 0o444, size: UInt64(payload)), bytes, to: &archive)
        Self.add("version", .file(mode: 0o644, size: UInt64(name.utf8.count)), Array(name.utf8), to: &archive)
        self.init(name, archive: archive + CanonicalArchive.trailer)
    }

    init(_ name: String, archive: [UInt8]) {
        self.name = name
        packed = Self.zstd(archive)
        reference = ArtifactReference(
            release: name, digest: SHA256.hex(of: archive), size: UInt64(archive.count),
            packedDigest: SHA256.hex(of: packed), packedSize: UInt64(packed.count))
    }

    static func add(
        _ path: String, _ content: ArchiveEntry.Content, _ bytes: [UInt8] = [], to archive: inout [UInt8]
    ) {
        archive += CanonicalArchive.header(for: ArchiveEntry(path: Array(path.utf8), content: content))
        archive += bytes + [UInt8](repeating: 0, count: CanonicalArchive.padding(after: UInt64(bytes.count)))
    }

    /// RFC 8878 §3.1.1: magic number, a header with a window of 128 KiB, raw blocks.
    private static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        let maximumBlock = 128 << 10
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 7 << 3]
        for start in stride(from: 0, to: bytes.count, by: maximumBlock) {
            let block = bytes[start..<min(start + maximumBlock, bytes.count)]
            let header = UInt32(block.count) << 3 | (block.endIndex == bytes.count ? 1 : 0)
            for shift in [0, 8, 16] as [UInt32] { frame.append(UInt8(truncatingIfNeeded: header >> shift)) }
            frame += block
        }
        return frame
    }
}
