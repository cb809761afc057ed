/// What the command line asks for.
enum Invocation: Equatable {
    case run(state: String, socket: String)
    case attach(state: String, socket: String, isMarked: Bool)
    case services(state: String)
    case unpack(UnpackOrder)
    case remove([String])
    case version
    case help
    case misuse(String)

    static let usage = """
        usage: coord-agent run      [--state DIR] [--socket PATH]             serve this host
               coord-agent attach   [--state DIR] [--socket PATH] [--marked]  connect standard input and output to it;
                                                                              marks where its output begins and ends
               coord-agent services [--state DIR]                             list what it rolled out, and who holds it
               coord-agent --version | --help

        """

    /// - Parameter arguments: Without the program's name.
    init(_ arguments: [String], defaults: Defaults) {
        switch arguments.first {
        case "run", "attach", "services":
            self = Self.served(arguments[0], Array(arguments.dropFirst()), defaults)
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

        /// - Parameters:
        ///   - environment: Looks up a variable.
        ///   - exists: Whether there is something at a path.
        init(user: UInt32, environment: (String) -> String?, exists: (String) -> Bool) {
            guard user != 0 else {
                (state, socket) = ("/var/lib/coord-agent", "/run/coord-agent/agent.sock")
                return
            }
            state = (environment("HOME") ?? "/tmp") + "/.local/state/coord-agent"
            // A user's runtime directory goes with his last session (pam_systemd(8)), unless he lingers; an agent that
            // nobody supervises stays.
            let runtime =
                exists(Attachment.startsOnAttachPath(in: state)) ? nil : Self.runtime(user, environment, exists)
            socket = (runtime.map { $0 + "/coord-agent" } ?? state) + "/agent.sock"
        }

        private static func runtime(
            _ user: UInt32, _ environment: (String) -> String?, _ exists: (String) -> Bool
        ) -> String? {
            if let runtime = environment("XDG_RUNTIME_DIR"), !runtime.utf8.isEmpty { return runtime }
            // Sessions without pam_systemd lack the variable, though the directory is there.
            let usual = "/run/user/\(user)"
            return exists(usual) ? usual : nil
        }
    }

    private static func served(_ verb: String, _ arguments: [String], _ defaults: Defaults) -> Invocation {
        var (state, socket, isMarked) = (defaults.state, defaults.socket, false)
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if verb == "attach", option == "--marked" {
                isMarked = true
                continue
            }
            guard option == "--state" || (option == "--socket" && verb != "services") else {
                return .misuse("unknown argument '\(option)'")
            }
            guard let value = rest.popFirst(), value.utf8.first == UInt8(ascii: "/") else {
                return .misuse("\(option) needs an absolute path")
            }
            if option == "--state" { state = value } else { socket = value }
        }
        switch verb {
        case "run": return .run(state: state, socket: socket)
        case "attach": return .attach(state: state, socket: socket, isMarked: isMarked)
        default: return .services(state: state)
        }
    }
}
