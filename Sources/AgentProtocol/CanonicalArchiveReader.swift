/// Reads a ``CanonicalArchive`` as its bytes arrive; whatever is not exactly one is refused.
///
/// Feed bytes, then take events until there are none, and so on; after the last byte call ``finish()``. Holds one
/// header (at most 10 kB) and what was just fed.
///
/// What it lets pass can be unpacked into an empty directory without leaving it: every parent is a directory that the
/// archive made, no path comes twice, and links lead to places inside (``ArchivePath/problem(withLinkAt:to:)``).
public struct CanonicalArchiveReader: Sendable {
    /// What was read.
    public enum Event: Equatable, Sendable {
        /// A file's content follows, as many bytes as its size says.
        case entry(ArchiveEntry)
        /// Some of the last file's content.
        case content(ArraySlice<UInt8>)
        case end
    }

    private enum State: Sendable {
        case header
        case content(size: UInt64, padding: Int)
        case padding(Int)
        case ended
    }

    private var state = State.header
    private var input: ArraySlice<UInt8> = []
    /// Of the announced bytes, those not yet read.
    private var remainingBytes: UInt64
    private var entryCount = 0
    private var lastPath: [UInt8] = []
    /// The last entry where it is a directory, else the one that holds it.
    private var directory: [UInt8] = []

    /// - Parameter size: Bytes of the whole archive, as announced.
    public init(size: UInt64) { remainingBytes = size }

    /// Takes in the next bytes of the stream.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) {
        input = input.isEmpty ? bytes : input + bytes
    }

    /// The next event, or nil until more bytes are fed.
    /// - Throws: ``ArchiveError``; the reader is of no more use then.
    public mutating func next() throws(ArchiveError) -> Event? {
        let event = try advance()
        // A copy of the few bytes left, so that the caller's buffer is its own again.
        if event == nil { input = Array(input)[...] }
        return event
    }

    /// Call after the last byte.
    /// - Throws: ``ArchiveError`` where the archive has not ended.
    public func finish() throws(ArchiveError) {
        guard case .ended = state, input.isEmpty else { throw ArchiveError(.wrongSize, at: lastPath) }
    }

    private mutating func advance() throws(ArchiveError) -> Event? {
        if case .padding(let count) = state {
            guard input.count >= count else { return nil }
            guard try take(count).allSatisfy({ $0 == 0 }) else { throw ArchiveError(.notCanonical, at: lastPath) }
            state = .header
        }
        switch state {
        case .header: return try header()
        case .content(let size, let padding): return try content(size, padding)
        case .padding: return nil
        case .ended:
            guard input.isEmpty else { throw ArchiveError(.wrongSize, at: lastPath) }
            return nil
        }
    }

    private mutating func header() throws(ArchiveError) -> Event? {
        guard input.count >= CanonicalArchive.blockBytes else { return nil }
        if input.prefix(CanonicalArchive.blockBytes).allSatisfy({ $0 == 0 }) { return try end() }
        let length = try CanonicalArchiveHeader.length(in: input, after: lastPath)
        guard input.count >= length else { return nil }
        let entry = try CanonicalArchiveHeader.decode(try take(length), after: lastPath)
        try verifyPlace(of: entry)
        lastPath = entry.path
        entryCount += 1
        switch entry.content {
        case .directory: directory = entry.path
        case .file(_, let size): try expectContent(size, of: entry)
        case .symlink: directory = ArchivePath.parent(of: entry.path)
        }
        return .entry(entry)
    }

    private mutating func expectContent(_ size: UInt64, of entry: ArchiveEntry) throws(ArchiveError) {
        directory = ArchivePath.parent(of: entry.path)
        guard size <= remainingBytes else { throw ArchiveError(.wrongSize, at: entry.path) }
        state = size == 0 ? .header : .content(size: size, padding: CanonicalArchive.padding(after: size))
    }

    private func verifyPlace(of entry: ArchiveEntry) throws(ArchiveError) {
        guard entryCount < CanonicalArchive.maximumEntries else { throw ArchiveError(.tooManyEntries, at: entry.path) }
        guard ArchivePath.precedes(lastPath, entry.path) else { throw ArchiveError(.notSorted, at: entry.path) }
        // In sorted order all that is in a directory follows it at once: it is the last one listed, or one around it.
        guard ArchivePath.isSame(directory, orIn: ArchivePath.parent(of: entry.path)) else {
            throw ArchiveError(.parentNotDirectory, at: entry.path)
        }
    }

    private mutating func content(_ size: UInt64, _ padding: Int) throws(ArchiveError) -> Event? {
        guard !input.isEmpty else { return nil }
        let piece = try take(Int(min(size, UInt64(input.count))))
        let rest = size - UInt64(piece.count)
        state = rest == 0 ? .padding(padding) : .content(size: rest, padding: padding)
        return .content(piece)
    }

    private mutating func end() throws(ArchiveError) -> Event? {
        guard input.count >= CanonicalArchive.trailer.count else { return nil }
        guard try take(CanonicalArchive.trailer.count).allSatisfy({ $0 == 0 }) else {
            throw ArchiveError(.notCanonical, at: lastPath)
        }
        guard remainingBytes == 0 else { throw ArchiveError(.wrongSize, at: lastPath) }
        state = .ended
        return .end
    }

    private mutating func take(_ count: Int) throws(ArchiveError) -> ArraySlice<UInt8> {
        guard UInt64(count) <= remainingBytes else { throw ArchiveError(.wrongSize, at: lastPath) }
        let bytes = input.prefix(count)
        input = input.dropFirst(count)
        remainingBytes -= UInt64(count)
        return bytes
    }
}
