import FleetModel
import FleetOperations
import Foundation
import Reporting

/// What `coord check` found, as a table with what is wrong below it, or as JSON.
struct CheckReport {
    private let findings: [HostFindings]
    private let hasSpec: Bool

    init(_ findings: [HostFindings], hasSpec: Bool) {
        self.findings = findings
        self.hasSpec = hasSpec
    }

    func print(_ output: OutputOptions) {
        let terminal = Terminal.standard
        if output.json {
            findings.map { CheckLine($0).jsonLine }.forEach(terminal.print)
            return
        }
        lines(width: terminal.resultWidth, isQuiet: output.quiet, style: output.resultStyle(on: terminal))
            .forEach(terminal.print)
        if !hasSpec, !output.quiet {
            terminal.complain(
                "note: there is no rollout.yaml beside the inventory: unit, release and lock were not looked at")
        }
    }

    /// The table, what is wrong, and the sum; `isQuiet` leaves only what went wrong.
    func lines(width: Int?, isQuiet: Bool = false, style: Style = .plain) -> [String] {
        let ready = findings.count(where: \.isReady)
        let sum = "\(ready) of \(counted(findings.count, "host")) ready"
        return (isQuiet ? [] : table.lines(width: width, style: style)) + problems.lines(style: style)
            + (isQuiet && ready == findings.count ? [] : [sum])
    }

    /// Where there is no room, what is left out first is what says least; what is wrong is told below in any case.
    private var table: Table {
        let service = hasSpec ? ["UNIT", "RELEASE", "LOCK"] : []
        return Table(
            header: ["HOST", "REACH", "KEY", "LOGIN", "SUDO", "AGENT", "DISK", "CLOCK"] + service,
            rows: findings.map { cells(of: $0) }, flexible: [9], optional: [7, 6, 1, 2, 3, 4, 10])
    }

    private var problems: GroupedProblems {
        var problems = GroupedProblems()
        for host in findings {
            for finding in host.findings {
                let problem = GroupedProblems.Problem(
                    finding.problem, hint: finding.hint, isWarning: finding.isWarning)
                problems.add(problem, of: host.host.text)
            }
        }
        return problems
    }

    private func cells(of host: HostFindings) -> [Table.Cell] {
        let disk = [host.installDiskFreeBytes, host.stateDiskFreeBytes].compactMap(\.self).min()
        let cells = [
            Table.Cell(host.host.text, host.isReady ? .normal : .bad),
            cell(.reach, host, host.loginTime.map { "\($0.wholeMilliseconds) ms" }),
            cell(.hostKey, host, nil), cell(.login, host, nil), cell(.sudo, host, nil),
            cell(.agent, host, host.agentVersion), cell(.disk, host, disk.map(Self.size)),
            cell(.clock, host, host.clockOffset.map(Self.signed)),
        ]
        guard hasSpec else { return cells }
        return cells + [
            cell(.unit, host, host.unitState), Table.Cell(host.release ?? "-"),
            cell(.lock, host, host.holder != nil ? "held" : host.passed.contains(.lock) ? "free" : nil),
        ]
    }

    /// The value, or else `ok`, `FAIL`, or `-` for what is not known.
    private func cell(_ aspect: HostFindings.Aspect, _ host: HostFindings, _ value: String?) -> Table.Cell {
        let finding = host.findings.first { $0.aspect == aspect }
        if let finding { return Table.Cell(value ?? "FAIL", finding.isWarning ? .warning : .bad) }
        return host.passed.contains(aspect) ? Table.Cell(value ?? "ok", .good) : Table.Cell(value ?? "-", .faint)
    }

    /// `41 GiB`, `980 MiB`
    private static func size(_ bytes: Int64) -> String {
        bytes >= 10 << 30 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
    }

    /// `+0.2 s`, `-3 h`: less than a second in tenths, which is about as exact as it is.
    private static func signed(_ offset: Duration) -> String {
        let milliseconds = offset.wholeMilliseconds
        let sign = milliseconds < 0 ? "-" : "+"
        let size = milliseconds.magnitude
        let text =
            switch size {
            case ..<10_000: "\(size / 1000).\(size % 1000 / 100) s"
            case ..<120_000: "\(size / 1000) s"
            case ..<7_200_000: "\(size / 60_000) min"
            case ..<172_800_000: "\(size / 3_600_000) h"
            default: "\(size / 86_400_000) d"
            }
        return sign + text
    }
}
