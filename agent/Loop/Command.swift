import AgentProtocol
import CAgentShim
import Glibc

/// A program to run, with all that it may know of us.
struct Command {
    /// Where its standard output and error go.
    enum Output: Equatable {
        /// Both through a pipe; the last bytes are kept.
        case captured
        /// Its output through a pipe, its errors into our own log.
        case reported
        /// Both into a file, from its start; the last bytes are kept. For what may leave a service behind: it would die
        /// writing to a pipe that nobody reads (SIGPIPE).
        case file(String)
    }

    var path: String
    /// What it is called in lists of processes; empty for its path.
    var name = ""
    var arguments: [String] = []
    var environment: [String] = []
    var directory = "/"
    var output = Output.captured
    /// Bytes of its output that are kept: the last ones.
    var maximumOutputBytes = ProtocolLimits.maximumOutputBytes
    var isDetached = false

    /// This very program, however its file has been replaced meanwhile.
    static func ourselves(_ arguments: [String]) -> Command {
        Command(path: "/proc/self/exe", name: "coord-agent", arguments: arguments)
    }

    static func shell(_ text: String) -> Command { Command(path: "/bin/sh", arguments: ["-c", text]) }

    /// Starts it; its standard output and error become the given descriptors.
    func spawn(output: Int32, errors: Int32) throws(SystemError) -> pid_t {
        let arguments = CStringArray([name.utf8.isEmpty ? path : name] + arguments)
        let environment = CStringArray(environment)
        defer {
            arguments.free()
            environment.free()
        }
        let child = path.withCString { path in
            directory.withCString { directory in
                var command = agent_command(
                    path: path, arguments: arguments.pointers, environment: environment.pointers, directory: directory,
                    output: output, errors: errors, is_detached: isDetached ? 1 : 0)
                return agent_spawn(&command)
            }
        }
        guard child > 0 else { throw SystemError(-child, "cannot run \(path)") }
        return child
    }
}

/// A null-terminated array of C strings, as execve(2) wants it.
private struct CStringArray {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[count] = nil
    }

    func free() {
        for index in 0..<count { Glibc.free(pointers[index]) }
        pointers.deallocate()
    }
}
