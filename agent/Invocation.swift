/// What the command line asks for.
enum Invocation: Equatable {
    case run(state: String, socket: String)
    case attach(state: String, socket: String, starts: Bool)
    case unpack(UnpackOrder)
    case remove([String])
    case version
    case help
    case misuse(String)

    static let usage = """
        usage: coord-agent run    [--state DIR] [--socket PATH]            serve this host
               coord-agent attach [--state DIR] [--socket PATH] [--start]  connect standard input and output to it
               coord-agent --version | --help

        """

    /// - Parameter arguments: Without the program's name.
    init(_ arguments: [String], defaults: Defaults) {
        switch arguments.first {
        case "run": self = Self.daemon(Array(arguments.dropFirst()), defaults, isAttach: false)
        case "attach": self = Self.daemon(Array(arguments.dropFirst()), defaults, isAttach: true)
        case "unpack":
            let order = UnpackOrder(Array(arguments.dropFirst()))
            self = order.map(Invocation.unpack) ?? .misuse("unpack is for the agent itself")
        case "remove": self = .remove(Array(arguments.dropFirst()))
        case "--version" where arguments.count == 1: self = .version
        case "--help" where arguments.count == 1, "-h" where arguments.count == 1: self = .help
        case .some(let other): self = .misuse("unknown argument '\(other)'")
        case nil: self = .misuse("nothing to do")
        }
    }

    /// Where things are unless told otherwise.
    struct Defaults {
        var state: String
        var socket: String

        /// - Parameter environment: Looks up a variable.
        init(isRoot: Bool, environment: (String) -> String?) {
            if isRoot {
                (state, socket) = ("/var/lib/coord-agent", "/run/coord-agent/agent.sock")
            } else {
                state = (environment("HOME") ?? "/tmp") + "/.local/state/coord-agent"
                let runtime = environment("XDG_RUNTIME_DIR").map { $0 + "/coord-agent" }
                socket = (runtime ?? state) + "/agent.sock"
            }
        }
    }

    private static func daemon(_ arguments: [String], _ defaults: Defaults, isAttach: Bool) -> Invocation {
        var (state, socket, starts) = (defaults.state, defaults.socket, false)
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if isAttach, option == "--start" {
                starts = true
                continue
            }
            guard option == "--state" || option == "--socket" else { return .misuse("unknown argument '\(option)'") }
            guard let value = rest.popFirst(), value.utf8.first == UInt8(ascii: "/") else {
                return .misuse("\(option) needs an absolute path")
            }
            if option == "--state" { state = value } else { socket = value }
        }
        return isAttach ? .attach(state: state, socket: socket, starts: starts) : .run(state: state, socket: socket)
    }
}
