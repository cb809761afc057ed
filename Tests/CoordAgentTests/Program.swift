import Foundation
import Glibc
import Testing

/// A running `coord-agent`. Not Foundation's `Process`: its children inherit each other's descriptors, and waiting for
/// one then waits for all.
final class Program {
    /// The one that these tests were built with.
    private static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/coord-agent"
    }()

    let identifier: pid_t
    private var status: Int32?

    /// - Parameters:
    ///   - input: Its standard input; nothing for -1.
    ///   - output: Its standard output.
    ///   - errors: Where its standard error goes on.
    init(_ arguments: [String], input: Int32 = -1, output: Int32 = -1, errors: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, source) in [(STDIN_FILENO, input), (STDOUT_FILENO, output)] {
            if source >= 0 {
                posix_spawn_file_actions_adddup2(&actions, source, descriptor)
            } else {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
            }
        }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var words = ([Self.path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let result = posix_spawn(&identifier, Self.path, &actions, nil, &words, environ)
        try #require(result == 0, "cannot run \(Self.path): \(String(cString: strerror(result)))")
        self.identifier = identifier
    }

    /// Sends it a signal unless it has been waited for.
    func signal(_ signal: Int32) {
        if status == nil { kill(identifier, signal) }
    }

    /// Its exit status, or the negative number of the signal that ended it.
    @discardableResult
    func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        waitpid(identifier, &raw, 0)
        let ended = raw & 0x7F == 0 ? raw >> 8 & 0xFF : -(raw & 0x7F)
        status = ended
        return ended
    }
}
