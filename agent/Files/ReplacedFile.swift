import CAgentShim
import Glibc

/// A file that is about to get new content and may have to get the old one back: the very old file is kept beside it
/// under another name, so that getting it back takes one rename, no space, and loses nothing of it.
struct ReplacedFile {
    let path: String

    private var directory: String { FileSystem.parent(of: path) }
    // Hidden and with an ending of their own: servers that read all of a directory's `*.conf` do not read these.
    private var asidePath: String { directory + "/." + FileSystem.name(of: path) + ".coord-old" }
    private var newPath: String { directory + "/." + FileSystem.name(of: path) + ".coord-new" }

    /// What is there now; nil for nothing.
    func status() throws(SystemError) -> stat? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError(errno, "cannot look at \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(EINVAL, "\(path) is no regular file; name the file itself")
        }
        return status
    }

    /// Gives the old file its second name.
    func setAside() throws(SystemError) {
        guard link(path, asidePath) == 0 else { throw SystemError(errno, "cannot keep the old \(path)") }
        try FileSystem.synchronizeDirectory(directory)
    }

    /// Puts new content in place, at once and whole, with the owner and the mode of the old file.
    ///
    /// The new name is not yet synced: after a power cut in the time of the test the old file shall rather be there.
    func place(_ content: [UInt8], like old: stat?) throws(SystemError) {
        unlink(newPath)
        let file = agent_open(AT_FDCWD, newPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(errno, "cannot make \(newPath)") }
        do throws(SystemError) {
            defer { close(file) }
            try FileSystem.write(content, to: file, at: newPath)
            if let old, fchown(file, old.st_uid, old.st_gid) != 0 {
                throw SystemError(errno, "cannot give \(newPath) to the owner of the old one")
            }
            // After fchown(2), which clears set-id bits.
            guard fchmod(file, (old?.st_mode ?? 0o644) & 0o7777) == 0, fsync(file) == 0 else {
                throw SystemError(errno, "cannot sync \(newPath)")
            }
            guard rename(newPath, path) == 0 else { throw SystemError(errno, "cannot replace \(path)") }
        } catch {
            unlink(newPath)
            throw error
        }
    }

    /// Brings back what was there before; may be done again.
    func putBack(wasThere: Bool) throws(SystemError) {
        unlink(newPath)
        if wasThere {
            guard rename(asidePath, path) == 0 || errno == ENOENT else {
                throw SystemError(errno, "cannot put the old \(path) back")
            }
            // rename(2) does nothing where both names are of one file: it was never replaced.
            unlink(asidePath)
        } else {
            guard unlink(path) == 0 || errno == ENOENT else { throw SystemError(errno, "cannot remove \(path)") }
        }
        try FileSystem.synchronizeDirectory(directory)
    }

    /// Makes the new file durable.
    func keep() throws(SystemError) { try FileSystem.synchronizeDirectory(directory) }

    /// The old file is wanted no more, for good.
    func dropOld() throws(SystemError) {
        if unlink(asidePath) == 0 { return try FileSystem.synchronizeDirectory(directory) }
        guard errno == ENOENT || errno == ENOTDIR else { throw SystemError(errno, "cannot remove \(asidePath)") }
    }
}
