import AgentProtocol

/// An entry with its content, as tests write them.
struct SampleEntry: Equatable {
    var entry: ArchiveEntry
    var content: [UInt8] = []

    static func directory(_ path: String, mode: UInt32 = 0o755) -> Self {
        Self(entry: ArchiveEntry(path: Array(path.utf8), content: .directory(mode: mode)))
    }

    static func file(_ path: String, _ content: String, mode: UInt32 = 0o644) -> Self {
        let bytes = Array(content.utf8)
        let entry = ArchiveEntry(path: Array(path.utf8), content: .file(mode: mode, size: UInt64(bytes.count)))
        return Self(entry: entry, content: bytes)
    }

    static func symlink(_ path: String, _ target: String) -> Self {
        Self(entry: ArchiveEntry(path: Array(path.utf8), content: .symlink(target: Array(target.utf8))))
    }

    var stored: [UInt8] {
        let padding = CanonicalArchive.padding(after: UInt64(content.count))
        return CanonicalArchive.header(for: entry) + content + [UInt8](repeating: 0, count: padding)
    }
}

func archive(_ entries: [SampleEntry]) -> [UInt8] { entries.flatMap(\.stored) + CanonicalArchive.trailer }

/// All that is in an archive, read piece by piece.
func read(_ stream: [UInt8], size: Int? = nil, pieceBytes: Int = 4096) throws(ArchiveError) -> [SampleEntry] {
    var reader = CanonicalArchiveReader(size: UInt64(size ?? stream.count))
    var entries: [SampleEntry] = []
    for start in stride(from: 0, to: stream.count, by: pieceBytes) {
        reader.feed(stream[start..<min(start + pieceBytes, stream.count)])
        while let event = try reader.next() {
            switch event {
            case .entry(let entry): entries.append(SampleEntry(entry: entry))
            case .content(let bytes): entries[entries.count - 1].content += bytes
            case .end: break
            }
        }
    }
    try reader.finish()
    return entries
}
