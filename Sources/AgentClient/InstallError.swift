import FleetModel
import HostAccess

/// Why an agent could not be installed: at which step, what went wrong, and the remedy.
public struct InstallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the installer was doing; in the order in which it does it.
    public enum Step: String, Hashable, Sendable, CaseIterable {
        /// Reading the agent's binary on this side.
        case package
        case connect
        /// Looking at the host.
        case probe
        /// Sending the binary and checking it on the host.
        case transfer
        /// Starting the new binary once, before it replaces anything.
        case trial
        /// Moving the binary to its place.
        case place
        /// Writing the systemd unit and starting the service.
        case service
        /// Asking the installed agent over a new connection.
        case verify
    }

    /// Where it stopped.
    public var step: Step
    /// One sentence, without the host's name: the caller knows which host it is.
    public var problem: String
    /// The remedy; nil where the problem itself says it.
    public var hint: String?

    public init(_ step: Step, _ problem: String, hint: String? = nil) {
        self.step = step
        self.problem = problem
        self.hint = hint
    }

    public var description: String { problem }
}

extension InstallError {
    init(_ step: Step, _ error: HostAccessError) { self.init(step, error.problem, hint: error.hint) }

    init(_ step: Step, _ error: AgentError) { self.init(step, error.description, hint: error.hint) }

    /// What a command's bad end at `step` means. The texts are errno's, in the C locale, which the scripts set.
    init(_ step: Step, of outcome: CommandOutcome, layout: AgentLayout) {
        let text = String(decoding: outcome.errorOutput, as: UTF8.self).printable(maximumBytes: 2048)
        let said = text.split(separator: "\n").suffix(15).joined(separator: "\n")
        self.init(step, Self.problem(said, outcome.ending, step), hint: Self.hint(for: text, step, layout))
    }

    private static func problem(_ said: String, _ ending: CommandEnding, _ step: Step) -> String {
        let what =
            switch step {
            case .transfer: "the agent could not be written"
            case .trial: "the agent does not run on this host"
            case .place: "the agent could not be put in its place"
            case .service: "the agent's service could not be started"
            default: "the host could not be examined"
            }
        switch ending {
        case .lost: return "\(what): the connection was lost"
        case .timedOut: return "\(what): no end within the deadline"
        case .signalled(let name): return "\(what): ended by signal \(name)"
        case .exited(let status): return said.isEmpty ? "\(what): exit status \(status)" : "\(what): \(said)"
        case .unknown: return said.isEmpty ? "\(what): the connection closed" : "\(what): \(said)"
        }
    }

    private static func hint(for text: String, _ step: Step, _ layout: AgentLayout) -> String? {
        if text.contains("No space left on device") || text.contains("Disk quota exceeded") {
            return "free some space on the file system of \(layout.binaryPath)"
        }
        if text.contains("Read-only file system") {
            return "\(layout.binaryPath) and \(layout.unitPath) must be on file systems that can be written"
        }
        if text.contains("noexec") {
            return "remount the file system of \(layout.binaryPath) without noexec (mount(8))"
        }
        return step == .service ? "on the host: journalctl -u \(layout.unitName) -n 50" : nil
    }
}
