import AgentProtocol
import Artifact
import CZstd
import FleetModel
import Testing

/// What a host gets out of an artifact, by path: its transfer, decompressed and read as an agent would.
///
/// Bytes of paths beyond ASCII are shown as `\xNN`: Swift takes two spellings of one accented letter for equal.
func unpack(_ artifact: Artifact) throws -> [String: String] {
    let packed = try artifact.readChunk(offset: 0, count: Int(artifact.packedSize) + 1)
    #expect(SHA256.hex(of: packed) == artifact.packedDigest.hex)
    var stream = [UInt8](repeating: 0, count: Int(artifact.size))
    let count = stream.withUnsafeMutableBytes { target in
        packed.withUnsafeBytes { ZSTD_decompress(target.baseAddress, target.count, $0.baseAddress, $0.count) }
    }
    try #require(count == stream.count)
    #expect(SHA256.hex(of: stream) == artifact.digest.hex)
    var reader = CanonicalArchiveReader(size: artifact.size)
    reader.feed(stream[...])
    var found: [String: String] = [:]
    var lastPath = ""
    while let event = try reader.next() {
        switch event {
        case .entry(let entry):
            lastPath = escaped(entry.path)
            found[lastPath] = summary(of: entry)
        case .content(let bytes): found[lastPath, default: ""] += String(decoding: bytes, as: UTF8.self)
        case .end: break
        }
    }
    try reader.finish()
    #expect(found.count == artifact.entryCount)
    return found
}

/// `d755`, `f644:` before the content, `->target`.
private func summary(of entry: ArchiveEntry) -> String {
    switch entry.content {
    case .directory(let mode): "d" + String(mode, radix: 8)
    case .file(let mode, _): "f" + String(mode, radix: 8) + ":"
    case .symlink(let target): "->" + String(decoding: target, as: UTF8.self)
    }
}

private func escaped(_ path: [UInt8]) -> String {
    path.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
}
