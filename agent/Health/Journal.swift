import AgentProtocol
import Glibc

/// A unit's part of systemd's journal (journalctl(1)).
struct Journal {
    private static let journalctl =
        access("/usr/bin/journalctl", X_OK) == 0 ? "/usr/bin/journalctl" : "/bin/journalctl"
    /// A large journal on a slow disk takes seconds to search.
    private static let timeout: UInt64 = 10_000

    private let unitArgument: String
    private let children: Children

    /// nil where the service is no unit.
    init?(of control: ServiceControl, children: Children) {
        guard !control.unit.utf8.isEmpty else { return nil }
        unitArgument = (control.isUserUnit ? "--user-unit=" : "--unit=") + control.unit
        self.children = children
    }

    /// The unit's last lines, as many of them as `maximumBytes` hold; nothing where they cannot be read.
    func lastLines(maximumBytes: Int, onEnd: @escaping ([UInt8]) -> Void) {
        let arguments = ["--lines=\(ProtocolLimits.maximumJournalLines)", "--output=short-iso"]
        children.output(of: command(arguments, maximumBytes: maximumBytes), timeout: Self.timeout) { onEnd($0 ?? []) }
    }

    /// How many messages of priority `err` or worse there are since then; nil where that cannot be told.
    func countErrors(sinceSeconds: UInt64, onEnd: @escaping (UInt64?) -> Void) {
        // One line a message, whatever the message: the priority alone.
        let arguments = [
            "--since=@\(sinceSeconds)", "--priority=err", "--lines=\(ProtocolLimits.maximumLogErrors)", "--output=cat",
            "--output-fields=PRIORITY",
        ]
        children.output(of: command(arguments), timeout: Self.timeout) { output in
            onEnd(output.map(Self.countPriorities))
        }
    }

    /// Lines of one digit: whatever else is printed is no message.
    static func countPriorities(_ output: [UInt8]) -> UInt64 {
        let lines = output.split(separator: UInt8(ascii: "\n"))
        return UInt64(
            lines.filter { $0.count == 1 && (UInt8(ascii: "0")...UInt8(ascii: "3")).contains($0[$0.startIndex]) }.count)
    }

    private func command(
        _ arguments: [String], maximumBytes: Int = ProtocolLimits.maximumOutputBytes
    ) -> Command {
        var command = Command(path: Self.journalctl, arguments: ["--quiet", "--no-pager", unitArgument] + arguments)
        command.environment = Surroundings.basicEnvironment
        // What it complains of is no line of the journal.
        command.output = .reported
        command.maximumOutputBytes = maximumBytes
        return command
    }
}
