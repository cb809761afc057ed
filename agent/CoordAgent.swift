import AgentProtocol
import Glibc

/// The program on every host.
enum CoordAgent {
    static func main() -> Int32 {
        let defaults = Invocation.Defaults(user: geteuid()) { name in
            getenv(name).map { String(cString: $0) }
        } exists: { path in
            access(path, F_OK) == 0
        }
        return run(Invocation(Array(CommandLine.arguments.dropFirst()), defaults: defaults))
    }

    /// Answers the exit status (sysexits.h).
    private static func run(_ invocation: Invocation) -> Int32 {
        switch invocation {
        case .run(let state, let socket): return runDaemon(state, socket)
        case .attach(let state, let socket, let isMarked): return attach(state, socket, isMarked)
        case .services(let state): return listServices(state)
        case .unpack(let order):
            write(WireWriter.encode(Unpacker(order).run()), to: STDOUT_FILENO)
        case .remove(let paths): return remove(paths)
        case .version: write(Array("coord-agent \(ProductVersion.text)\n".utf8), to: STDOUT_FILENO)
        case .help: write(Array(Invocation.usage.utf8), to: STDOUT_FILENO)
        case .misuse(let problem):
            write(Array("error: \(problem)\n\(Invocation.usage)".utf8), to: STDERR_FILENO)
            return EX_USAGE
        }
        return 0
    }

    private static func runDaemon(_ state: String, _ socket: String) -> Int32 {
        do throws(SystemError) {
            try Daemon(stateDirectory: state, socketPath: socket).run()
            return 0
        } catch {
            Log.write(error.problem)
            return EX_OSERR
        }
    }

    private static func attach(_ state: String, _ socket: String, _ isMarked: Bool) -> Int32 {
        do throws(SystemError) {
            try Attachment(stateDirectory: state, socketPath: socket, isMarked: isMarked).run()
            return 0
        } catch {
            Log.write("\(error.problem); is the agent running?")
            return error.code == EACCES ? EX_NOPERM : EX_UNAVAILABLE
        }
    }

    private static func listServices(_ state: String) -> Int32 {
        do throws(SystemError) {
            for line in try ServiceListing.lines(inStateDirectory: state) {
                write(Array((line + "\n").utf8), to: STDOUT_FILENO)
            }
            return 0
        } catch {
            Log.write(error.problem)
            return EX_IOERR
        }
    }

    private static func remove(_ paths: [String]) -> Int32 {
        var status: Int32 = 0
        for path in paths {
            do throws(SystemError) {
                try TreeRemoval.remove(path)
            } catch {
                Log.write(error.problem)
                status = EX_IOERR
            }
        }
        return status
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        // Whoever closed our output does not want it.
        try? FileSystem.write(bytes, to: descriptor, at: "the output")
    }
}
