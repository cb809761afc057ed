import CAgentShim
import Glibc

/// A private directory for scripts that travelled here, for as long as they are needed.
final class ScriptDirectory {
    private let path: String
    private var count = 0

    init(_ path: String) { self.path = path }

    deinit { try? TreeRemoval.remove(path) }

    /// Makes a script executable; answers its path.
    func write(_ content: [UInt8]) throws(SystemError) -> String {
        try FileSystem.makeDirectory(path, mode: 0o700)
        count += 1
        let script = "\(path)/script-\(count)"
        let file = agent_open(AT_FDCWD, script, O_WRONLY | O_CREAT | O_EXCL, 0o700)
        guard file >= 0 else { throw SystemError(errno, "cannot make \(script)") }
        defer { close(file) }
        try FileSystem.write(content, to: file, at: script)
        return script
    }
}
