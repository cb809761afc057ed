import CAgentShim
import Glibc

/// Removes a directory and all in it, relative to open directories, following no link.
enum TreeRemoval {
    /// Deeper than any path Linux can name (PATH_MAX, two bytes a level).
    private static let maximumDepth = 2048

    /// Removes what `path` names, whatever it is; nothing where there is nothing.
    static func remove(_ path: String) throws(SystemError) {
        try remove(path, in: AT_FDCWD, depth: 0)
    }

    private static func remove(_ name: UnsafePointer<CChar>, in parent: Int32, depth: Int) throws(SystemError) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM, depth < maximumDepth else { throw failure(name) }
        try empty(name, in: parent, depth: depth)
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw failure(name) }
    }

    private static func empty(_ name: UnsafePointer<CChar>, in parent: Int32, depth: Int) throws(SystemError) {
        let descriptor = agent_open(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        guard descriptor >= 0 else { throw failure(name) }
        // A release may hold directories that their owner cannot change.
        fchmod(descriptor, 0o700)
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            throw failure(name)
        }
        defer { closedir(directory) }
        while let entry = readdir(directory), let child = agent_entry_name(entry) {
            let isSelfOrParent = strcmp(child, ".") == 0 || strcmp(child, "..") == 0
            if !isSelfOrParent { try remove(child, in: descriptor, depth: depth + 1) }
        }
    }

    private static func failure(_ name: UnsafePointer<CChar>) -> SystemError {
        SystemError(errno, "cannot remove \(String(cString: name))")
    }
}
