import FleetModel
import FleetOperations
import Foundation
import HostAccess
import Reporting
import Synchronization

/// Tells of a command that runs on many hosts: progress and lines as they come, then what each host answered.
final class CommandReport: Sendable {
    private let output: OutputOptions
    private let terminal = Terminal.standard
    private let progress: ProgressCounter
    /// The place of each host in the inventory: what is told at the end is told in that order.
    private let places: [HostName: Int]
    private let style: Style
    private let nameWidth: Int
    /// One line at a time, each whole.
    private let lock = Mutex(())

    init(of hosts: [HostName], _ output: OutputOptions) {
        self.output = output
        style = output.resultStyle(on: Terminal.standard)
        progress = ProgressCounter(of: hosts.count, "ended", isQuiet: output.quiet)
        places = Dictionary(hosts.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        nameWidth = hosts.map(\.text.columnCount).max() ?? 0
    }

    func take(_ news: FleetCommandRun.News) {
        lock.withLock { _ in
            switch news {
            case .line(let host, let bytes):
                progress.clear()
                let name = style("\(host.text):".padded(to: nameWidth + 1), hue: places[host] ?? 0)
                terminal.print("\(name) \(Self.text(bytes))")
            case .answered(let answer):
                if output.json {
                    progress.clear()
                    terminal.print(ExecLine(answer).jsonLine)
                }
                progress.count()
            }
        }
    }

    /// The output, and who did not end well.
    func finish(_ answers: [CommandAnswer], isGrouped: Bool) {
        progress.clear()
        let answers = answers.sorted { places[$0.host] ?? 0 < places[$1.host] ?? 0 }
        guard !output.json else {
            for answer in answers where answer.result == .notStarted {
                terminal.print(ExecLine(answer).jsonLine)
            }
            return
        }
        if isGrouped {
            Self.groups(of: answers, isQuiet: output.quiet).lines(style: style).forEach(terminal.print)
        } else {
            printLastErrors(answers)
        }
        let errorStyle = terminal.style(isPlain: output.noColor, for: STDERR_FILENO)
        Self.summary(of: answers, errorStyle).forEach(terminal.complain)
    }

    /// What hosts printed; `isQuiet` leaves those out where all went well.
    static func groups(of answers: [CommandAnswer], isQuiet: Bool = false) -> GroupedOutput {
        var groups = GroupedOutput()
        for answer in answers {
            guard case .ran(let outcome) = answer.result else { continue }
            if isQuiet && outcome.succeeded { continue }
            let limit = FleetCommandRun.maximumOutputBytes >> 20
            groups.add(
                GroupedOutput.Answer(
                    output: text(outcome.output), errors: text(outcome.errorOutput),
                    ending: outcome.ending.failure,
                    remark: outcome.droppedBytes > 0
                        ? "cut at \(limit) MiB; \(outcome.droppedBytes) bytes more are not shown" : nil),
                of: answer.host.text)
        }
        return groups
    }

    /// What the command itself said was streamed; what is left is sudo's or the login shell's.
    private func printLastErrors(_ answers: [CommandAnswer]) {
        for answer in answers {
            guard case .ran(let outcome) = answer.result else { continue }
            for line in Self.text(outcome.errorOutput).split(separator: "\n") {
                terminal.complain("\(answer.host): \(line)")
            }
        }
    }

    /// Who did not end well; nothing where all did.
    static func summary(of answers: [CommandAnswer], _ style: Style = .plain) -> [String] {
        let failures = answers.filter { !$0.succeeded }
        guard !failures.isEmpty else { return [] }
        var problems = GroupedProblems()
        for answer in failures { problems.add(answer.problem, of: answer.host.text) }
        return problems.lines(style: style)
            + ["ended well on \(answers.count - failures.count) of \(counted(answers.count, "host"))"]
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).printable(maximumBytes: .max)
    }
}

extension CommandAnswer {
    fileprivate var problem: GroupedProblems.Problem {
        switch result {
        case .ran(let outcome): GroupedProblems.Problem(outcome.ending.failure ?? "")
        case .unreachable(let error): GroupedProblems.Problem("unreachable: \(error.problem)", hint: error.hint)
        case .interrupted:
            GroupedProblems.Problem(
                "interrupted; what it does there may go on", hint: "coord exec … -- pgrep -a NAME shows what still runs"
            )
        case .notStarted: GroupedProblems.Problem("not begun", isWarning: true)
        }
    }
}

extension CommandEnding {
    /// Nil where it ended with 0.
    var failure: String? {
        switch self {
        case .exited(0): nil
        case .exited(let status): "exit status \(status)"
        case .signalled(let name): "ended by signal \(name.printable(maximumBytes: 80))"
        case .lost: "the connection was lost; what it does there may go on"
        case .timedOut: "not ended in time; what it does there may go on"
        case .unknown: "the host did not say how it ended"
        }
    }
}
