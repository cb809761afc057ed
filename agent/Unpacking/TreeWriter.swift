import AgentProtocol
import CAgentShim
import Glibc

/// Writes an archive's entries into a fresh private directory. ``CanonicalArchiveReader`` has made sure that every
/// entry's parent is a directory written here before, so paths relative to the directory cannot leave it.
final class TreeWriter {
    /// The directory itself, open.
    let root: Int32
    private var file: Int32 = -1
    private var filePath: [UInt8] = []
    /// Directories whose owner may not write to them get their mode when all is in them.
    private var closedDirectories: [(path: [UInt8], mode: UInt32)] = []

    /// - Parameter path: A directory that is made now and must not exist.
    init(_ path: String) throws(SystemError) {
        // Modes are the archive's, not this process's.
        umask(0)
        guard mkdir(path, 0o700) == 0 else { throw SystemError(errno, "cannot make \(path)") }
        root = agent_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        guard root >= 0 else { throw SystemError(errno, "cannot open \(path)") }
        // Where another user may write to `releases/`, it could have been exchanged meanwhile for one of his, with
        // links in it: nobody can give us one of our own that is closed to him.
        var status = stat()
        guard fstat(root, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw SystemError(EPERM, "\(path) is not the directory that was made")
        }
    }

    deinit {
        closeFile()
        close(root)
    }

    func begin(_ entry: ArchiveEntry) throws(SystemError) {
        closeFile()
        switch entry.content {
        case .directory(let mode):
            let isOpen = mode & 0o700 == 0o700
            if !isOpen { closedDirectories.append((entry.path, mode)) }
            let made = Self.withPath(entry.path) { mkdirat(root, $0, isOpen ? mode : 0o700) }
            guard made == 0 else { throw failure(entry.path) }
        case .file(let mode, _):
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            file = Self.withPath(entry.path) { agent_open(root, $0, flags, mode) }
            filePath = entry.path
            guard file >= 0 else { throw failure(entry.path) }
        case .symlink(let target):
            let made = Self.withPath(target) { target in
                Self.withPath(entry.path) { symlinkat(target, root, $0) }
            }
            guard made == 0 else { throw failure(entry.path) }
        }
    }

    func write(_ content: ArraySlice<UInt8>) throws(SystemError) {
        var rest = content
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure(filePath) }
            rest = rest.dropFirst(count)
        }
    }

    /// All is written: sets the modes that were put off, makes everything durable, and lets the service's user in.
    func finish() throws(SystemError) {
        closeFile()
        for (path, mode) in closedDirectories.reversed() {
            guard Self.withPath(path, { fchmodat(root, $0, mode, 0) }) == 0 else { throw failure(path) }
        }
        guard fchmod(root, 0o755) == 0, agent_sync_file_system(root) == 0 else {
            throw SystemError(errno, "cannot sync the release")
        }
    }

    /// Whether the directory lies there, and not another that somebody has put in its place.
    func isAt(_ path: String) -> Bool {
        var (ours, there) = (stat(), stat())
        return fstat(root, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino
            && ours.st_dev == there.st_dev
    }

    private func closeFile() {
        if file >= 0 { close(file) }
        file = -1
    }

    private func failure(_ path: [UInt8]) -> SystemError {
        SystemError(errno, "cannot write \(String(decoding: path, as: UTF8.self))")
    }

    private static func withPath(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        let terminated = path.map { CChar(bitPattern: $0) } + [0]
        return terminated.withUnsafeBufferPointer { pointer in
            guard let start = pointer.baseAddress else { return -1 }
            return body(start)
        }
    }
}
