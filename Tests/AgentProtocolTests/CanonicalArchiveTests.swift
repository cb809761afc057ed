import AgentProtocol
import Testing

@Suite struct CanonicalArchiveTests {
    static let long = String(repeating: "n", count: 120)

    /// A bit of everything, in order: `a/x` before `a-b`, though `-` comes before `/`.
    static let tree: [SampleEntry] = [
        .directory("a"), .file("a/empty", ""), .file("a/x", "hello"), .symlink("a/y", "../a/x"),
        .file("a-b", String(repeating: "z", count: 512)), .file("grüße", "utf-8", mode: 0o755),
        .directory(long, mode: 0o700), .symlink("\(long)/\(long)", long + "-target"), .symlink("s", "./a/x"),
    ]

    @Test(arguments: [1, 100, 511, 512, 513, 100_000])
    func `an archive is read as it was written however it is cut`(pieceBytes: Int) throws {
        let stream = archive(Self.tree)
        #expect(try read(stream, pieceBytes: pieceBytes) == Self.tree)
    }

    @Test func `an archive without entries has only its end`() throws {
        #expect(archive([]) == [UInt8](repeating: 0, count: 1024))
        #expect(try read(archive([])) == [])
    }

    @Test func `an archive cut short anywhere is refused`() {
        let stream = archive(Self.tree)
        for count in stride(from: 0, to: stream.count, by: 97) {
            #expect(throws: ArchiveError.self, "cut to \(count)") { try read(Array(stream.prefix(count))) }
        }
    }

    @Test func `bytes after the end are refused, announced or not`() {
        let stream = archive(Self.tree)
        #expect(throws: ArchiveError(.wrongSize, at: Array("s".utf8))) { try read(stream + [0]) }
        #expect(throws: ArchiveError(.wrongSize, at: Array("s".utf8))) { try read(stream + [0], size: stream.count) }
    }

    @Test func `a file larger than what was announced is refused at its header`() {
        var reader = CanonicalArchiveReader(size: 4096)
        let big = ArchiveEntry(path: [0x62], content: .file(mode: 0o644, size: 1 << 32))
        reader.feed(CanonicalArchive.header(for: big)[...])
        #expect(throws: ArchiveError(.wrongSize, at: [0x62])) { try reader.next() }
    }

    @Test(
        arguments: [
            (["b", "a"], .notSorted), (["a", "a"], .notSorted), (["d/", "d/x", "d/x"], .notSorted),
            (["d/x"], .parentNotDirectory), (["a", "a/x"], .parentNotDirectory),
            (["d/", "d/x", "e", "e/y"], .parentNotDirectory), (["d/", "e/", "d/x"], .notSorted),
            (["l@d", "l/x"], .parentNotDirectory),
        ] as [([String], ArchiveError.Problem)])
    func `entries that come twice, unsorted or under no directory are refused`(
        paths: [String], problem: ArchiveError.Problem
    ) throws {
        let entries = paths.map { path -> SampleEntry in
            if path.hasSuffix("/") { return .directory(String(path.dropLast())) }
            if path.contains("@") { return .symlink(String(path.prefix(1)), String(path.suffix(1))) }
            return .file(path, "x")
        }
        let error = #expect(throws: ArchiveError.self) { try read(archive(entries)) }
        #expect(error?.problem == problem)
        #expect(error?.path == entries.last?.entry.path)
    }

    @Test func `flipping any bit of a header is refused`() {
        let plain = archive([.file("file", "x")])
        for offset in 0..<512 {
            for bit in 0..<8 {
                var stream = plain
                stream[offset] ^= 1 << UInt8(bit)
                #expect(throws: ArchiveError.self, "bit \(bit) of byte \(offset)") { try read(stream) }
            }
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `a damaged archive is refused, or one that the writer might have written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let stream = mutate(archive(Self.tree), using: &generator)
        guard let entries = try? read(stream) else { return }
        #expect(archive(entries) == stream)
    }

    @Test func `errors are printable`() {
        let error = ArchiveError(.hardLink, at: Array("a\u{1B}[2J\n".utf8))
        #expect(error.text == #"archive entry 'a\x1b[2J\x0a': is a hard link"#)
    }
}
