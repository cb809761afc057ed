import Glibc

/// Why a file could not be read.
struct FileProblem: Error {
    var errno: Int32
    var text: String { String(cString: strerror(errno)) }
}

/// A file's bytes and what tells whether it has changed since.
struct TextFile: Sendable {
    struct Stamp: Hashable, Sendable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    var bytes: [UInt8]

    /// Larger files are cut there: keys and known_hosts of a large fleet stay far below.
    static let maximumBytes = 64 << 20

    init(path: String) throws(FileProblem) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count < Self.maximumBytes {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(errno: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        self.bytes = bytes
    }

    static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: UInt64(status.st_ino), size: status.st_size, seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }
}

extension FileProblem {
    var isMissingFile: Bool { errno == ENOENT || errno == ENOTDIR }
}
