import CAgentShim
import Glibc

/// Opens what lies below a directory, component by component and through no link: a service that may write to its own
/// release must not lead the agent out of it.
enum InnerPath {
    /// Opens a file with `flags`, O_NOFOLLOW among them.
    /// - Parameter makesDirectories: Makes those that are missing (0755).
    static func open(
        _ path: String, in root: Int32, flags: Int32, mode: mode_t = 0, makesDirectories: Bool = false
    ) throws(SystemError) -> Int32 {
        let (directory, name) = try parent(of: path, in: root, makesDirectories: makesDirectories)
        defer { close(directory) }
        let file = agent_open(directory, name, flags | O_NOFOLLOW, mode)
        guard file >= 0 else { throw SystemError(errno, "cannot open \(path) in the release") }
        return file
    }

    /// Removes a file or link; nothing where there is nothing.
    static func removeFile(_ path: String, in root: Int32) throws(SystemError) {
        let directory: Int32
        let name: String
        do throws(SystemError) {
            (directory, name) = try parent(of: path, in: root, makesDirectories: false)
        } catch {
            if error.code == ENOENT { return }
            throw error
        }
        defer { close(directory) }
        guard unlinkat(directory, name, 0) == 0 || errno == ENOENT else {
            throw SystemError(errno, "cannot replace \(path) of the release")
        }
    }

    private static func parent(
        of path: String, in root: Int32, makesDirectories: Bool
    ) throws(SystemError) -> (directory: Int32, name: String) {
        var names = path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        let name = names.popLast() ?? ""
        var directory = dup(root)
        guard directory >= 0 else { throw SystemError(errno, "cannot open the release") }
        for component in names {
            if makesDirectories { mkdirat(directory, component, 0o755) }
            let inner = agent_open(directory, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            let code = errno
            close(directory)
            guard inner >= 0 else { throw SystemError(code, "cannot open \(component) of \(path) in the release") }
            directory = inner
        }
        return (directory, name)
    }
}
