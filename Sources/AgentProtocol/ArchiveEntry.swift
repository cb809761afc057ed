/// One thing in a ``CanonicalArchive``. Paths are bytes, as the kernel has them, relative to the release's directory.
public struct ArchiveEntry: Equatable, Sendable {
    /// What it is, with what belongs to that.
    public enum Content: Equatable, Sendable {
        /// `mode`: permission bits, at most 0777.
        case directory(mode: UInt32)
        case file(mode: UInt32, size: UInt64)
        case symlink(target: [UInt8])
    }

    public var path: [UInt8]
    public var content: Content

    public init(path: [UInt8], content: Content) {
        self.path = path
        self.content = content
    }

    /// What makes this entry one that no archive may hold, or nil.
    public var problem: ArchiveError.Problem? {
        if let problem = ArchivePath.problem(with: path) { return problem }
        switch content {
        case .directory(let mode): return mode > CanonicalArchive.maximumMode ? .specialModeBits : nil
        case .file(let mode, let size):
            if mode > CanonicalArchive.maximumMode { return .specialModeBits }
            return size > CanonicalArchive.maximumFileBytes ? .fileTooLarge : nil
        case .symlink(let target): return ArchivePath.problem(withLinkAt: path, to: target)
        }
    }
}
