import Foundation

/// What tells that a file is still the same, and unchanged.
struct FileStamp: Equatable {
    private let device: UInt64
    private let inode: UInt64
    let size: UInt64
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        size = UInt64(clamping: status.st_size)
        #if canImport(Darwin)
        (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
        #else
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        #endif
    }
}

extension stat {
    /// One of `S_IFREG`, `S_IFDIR`, `S_IFLNK` and so on (inode(7)).
    var type: mode_t { st_mode & S_IFMT }
}
