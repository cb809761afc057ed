import AgentProtocol
import FleetModel
import HostAccess

/// Why an agent did not do what it was asked: typed, so that nobody has to read the text to decide.
public enum AgentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The host, or the connection to it, failed.
    case unreachable(HostAccessError)
    /// There is no agent on the host.
    case agentMissing
    /// The agent is installed, and nothing answers on its socket.
    case agentNotRunning
    /// The host did something else than what it was told to; what is known of it.
    case shellProblem(String)
    /// The agent answered, and the answer is no.
    case refused(Refusal)
    /// No answer within the deadline: what was waited for. Whether it was done is not known.
    case timedOut(String)
    /// What came back is not the agent's protocol.
    case protocolViolation(String)
    /// The artifact's bytes could not be read on this side.
    case artifactUnreadable(String)
    /// The task that asked was cancelled.
    case cancelled

    /// The same request, later, can succeed without anybody doing anything.
    public var isTransient: Bool {
        switch self {
        case .unreachable(let error): error.isTransient
        case .timedOut: true
        case .refused(let refusal): refusal.reason == .busy
        case .agentMissing, .agentNotRunning, .shellProblem, .protocolViolation, .artifactUnreadable, .cancelled: false
        }
    }

    /// One sentence, without the host's name: the caller knows whom it asked.
    public var description: String {
        switch self {
        case .unreachable(let error): error.problem
        case .agentMissing: "coord-agent is not installed"
        case .agentNotRunning: "coord-agent is not running"
        case .shellProblem(let text): "the login shell does not run commands: \(text)"
        // Its own sentence, or ours before it was asked.
        case .refused(let refusal) where refusal.reason == .version: refusal.problem.printable()
        case .refused(let refusal): "the agent refused: \(refusal.problem.printable())"
        case .timedOut(let what): "no answer in time: \(what)"
        case .protocolViolation(let text): "not the agent's protocol: \(text)"
        case .artifactUnreadable(let text): "the artifact can't be read: \(text)"
        case .cancelled: "cancelled"
        }
    }

    /// The remedy; nil where nobody knows one.
    public var hint: String? {
        switch self {
        case .unreachable(let error): error.hint
        case .agentMissing: "coord install INVENTORY"
        case .agentNotRunning: "on the host: systemctl status coord-agent; or: coord install INVENTORY"
        case .shellProblem:
            "`ssh HOST uname` must work: no nologin or restricted shell (chsh(1)), no ForceCommand (sshd_config(5)), "
                + "no command= in authorized_keys"
        case .refused(let refusal): Self.hint(for: refusal)
        case .protocolViolation: "the agent may be too old or damaged: coord install INVENTORY"
        case .timedOut, .artifactUnreadable, .cancelled: nil
        }
    }

    private static func hint(for refusal: Refusal) -> String? {
        switch refusal.reason {
        case .version:
            "coord install INVENTORY brings the agent to this coord's version; where the agent is the newer one, "
                + "upgrade coord"
        case .held, .staleEpoch:
            refusal.holder.map {
                "rollout \($0.rollout) of \($0.holder) holds the service".printable(maximumBytes: 300)
            }
        // The system's words (strerror(3), ENOSPC and EROFS) at the end of the agent's sentence.
        case .internalError where refusal.problem.hasSuffix("No space left on device"):
            "free some space on the host: `df -h` and `df -i` tell which disk is full"
        case .internalError where refusal.problem.hasSuffix("Read-only file system"):
            "the kernel may have found the disk faulty: `dmesg`; or name another place with 'install_dir:'"
        case .busy, .invalid, .internalError: nil
        }
    }
}

extension AgentError {
    /// What the end of `coord-agent attach` means. `wasGreeted`: the agent had answered on this stream before.
    init(
        attachEnded ending: CommandEnding, errorTail: [UInt8], noise: String = "", wasGreeted: Bool,
        binaryPath: String, user: String
    ) {
        let tail = String(decoding: errorTail, as: UTF8.self).printable()
        let lines = tail.split(separator: "\n").map(String.init)
        let refusal = SudoRefusal.found(in: tail, ending: ending, user: user)
        // `~/…` is spelt out by then.
        let binaryPath = binaryPath.hasPrefix("~/") ? String(binaryPath.dropFirst(2)) : binaryPath
        switch ending {
        case .exited(69): self = .agentNotRunning  // EX_UNAVAILABLE (sysexits.h)
        case .exited(126), .exited(127):
            let isSudoMissing = tail.contains("sudo:") && !tail.contains(binaryPath)
            self = isSudoMissing ? refusal.map(AgentError.unreachable) ?? .agentMissing : .agentMissing
        case .exited(1) where !wasGreeted && lines.contains { $0.hasPrefix("sudo: \(binaryPath):") }:
            self = .agentMissing
        case .exited(1) where !wasGreeted && refusal != nil: self = refusal.map(AgentError.unreachable) ?? .agentMissing
        case .exited(64) where !wasGreeted && tail.contains("'--marked'"):  // EX_USAGE (sysexits.h)
            self = .refused(Refusal(reason: .version, problem: "it is older than any that this coord can talk to"))
        case .exited where !wasGreeted && Self.isShells(lines, noise):
            self = .shellProblem("it says: \(lines.last ?? noise)")
        case .exited(0) where !wasGreeted: self = .shellProblem("it says nothing")
        case .exited(let status) where status != 0 && !wasGreeted:
            self = .protocolViolation(
                "`coord-agent attach` ended with exit status \(status)" + (tail.isEmpty ? "" : ": \(tail)"))
        case .exited, .signalled, .lost, .timedOut, .unknown:
            self = .unreachable(HostAccessError(.connectionLost, "the agent's end of the connection closed"))
        }
    }

    /// What was said is not the agent's, but of a shell that does not run commands.
    private static func isShells(_ lines: [String], _ noise: String) -> Bool {
        if lines.contains(where: { $0.hasPrefix("coord-agent: ") }) { return false }
        return !noise.isEmpty || lines.contains { $0.contains("restricted") }
    }
}
