import FleetModel
import FleetOperations
import Foundation
import HostAccess
import Reporting
import Synchronization

/// Many hosts' journals as one stream: as it comes where it is followed, by time where it has an end.
final class LogReport: Sendable {
    private struct State {
        var kept: [(host: HostName, record: JournalRecord)] = []
        var problems = GroupedProblems()
    }

    private let output: OutputOptions
    private let sorts: Bool
    private let style: Style
    private let places: [HostName: Int]
    private let nameWidth: Int
    private let terminal = Terminal.standard
    private let state = Mutex(State())

    /// Columns that a host's name takes; a longer one moves its lines.
    private static let maximumNameWidth = 24

    init(of hosts: [HostName], sorts: Bool, _ output: OutputOptions) {
        self.output = output
        self.sorts = sorts
        style = output.resultStyle(on: Terminal.standard)
        places = Dictionary(hosts.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        nameWidth = min(hosts.map(\.text.columnCount).max() ?? 0, Self.maximumNameWidth)
    }

    func take(_ news: JournalReader.News, of host: HostName) {
        state.withLock { state in
            switch news {
            case .record(let record):
                if sorts { state.kept.append((host, record)) } else { print(record, of: host) }
            case .linkLost(let error, let pause):
                if !output.quiet { terminal.complain("\(host): \(error.problem); trying again in \(pause.spoken)") }
            case .linkRestored:
                if !output.quiet { terminal.complain("\(host): connected again") }
            }
        }
    }

    func fail(_ diagnostic: Diagnostic, of host: HostName) {
        let problem = GroupedProblems.Problem(diagnostic.problem, hint: diagnostic.hint)
        state.withLock { state in
            if sorts {
                state.problems.add(problem, of: host.text)
            } else {
                // The others go on for as long as somebody looks: it must be told now.
                var alone = GroupedProblems()
                alone.add(problem, of: host.text)
                alone.lines(style: errorStyle).forEach(terminal.complain)
                state.problems.add(problem, of: host.text)
            }
        }
    }

    /// Prints what is left to be told; false where some host's journal could not be read.
    func finish() -> Bool {
        state.withLock { state in
            let sorted = state.kept.enumerated().sorted {
                ($0.element.record.microseconds, $0.offset) < ($1.element.record.microseconds, $1.offset)
            }
            for (_, line) in sorted { print(line.record, of: line.host) }
            if sorts { state.problems.lines(style: errorStyle).forEach(terminal.complain) }
            return state.problems.isEmpty
        }
    }

    private var errorStyle: Style { terminal.style(isPlain: output.noColor, for: STDERR_FILENO) }

    private func print(_ record: JournalRecord, of host: HostName) {
        guard !output.json else { return terminal.print(LogLine(record, of: host).jsonLine) }
        let name = style(host.text.padded(to: nameWidth), hue: places[host] ?? 0)
        Self.lines(of: record, name: name, time: Self.localTime(record.microseconds), style).forEach(terminal.print)
    }

    /// One for each line of the message.
    static func lines(of record: JournalRecord, name: String, time: String, _ style: Style) -> [String] {
        let tone: Style.Tone =
            switch record.priority ?? 6 {
            case ...3: .bad
            case 4: .warning
            default: .normal
            }
        let message = record.message.printable(maximumBytes: .max)
        return message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            "\(name)  \(style(time, .faint))  \(style(String(line), tone))"
        }
    }

    /// `Nov 23 15:48:39`, as journalctl has it, but by this machine's time zone.
    private static func localTime(_ microseconds: Int64) -> String {
        var seconds = time_t(microseconds / 1_000_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%b %d %H:%M:%S", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// One line of `coord logs --json`.
private struct LogLine: Encodable {
    var host: String
    /// ISO 8601, UTC.
    var at: String
    var message: String
    var identifier: String?
    /// 0 (emergency) to 7 (debug), as syslog(3) has them.
    var priority: Int?

    init(_ record: JournalRecord, of host: HostName) {
        self.host = host.text
        let date = Date(timeIntervalSince1970: Double(record.microseconds) / 1_000_000)
        at = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        message = record.message.printable(maximumBytes: .max)
        identifier = record.identifier?.printable()
        priority = record.priority
    }
}
