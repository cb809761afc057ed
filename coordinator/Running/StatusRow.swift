import AgentClient
import AgentProtocol
import FleetModel
import Reporting
import RolloutDriver

/// One host's line in `coord status`, or one instance's where each host runs two.
struct StatusRow: Encodable {
    var host: String
    /// `blue` or `green`.
    var instance: String?
    var release: String?
    var previous: String?
    var unit: String?
    var health: String?
    var problem: String?
    var heldBy: String?
    var pid: UInt64?
    var restarts: UInt64?
    var memoryBytes: UInt64?
    var diskFreeBytes: UInt64?
    var isWell: Bool

    init(_ name: HostName, instance: String? = nil, _ answer: Result<HostReport, AgentError>) {
        (host, self.instance) = (name.text, instance)
        isWell = false
        switch answer {
        case .failure(let error): problem = error.description.printable()
        case .success(let report):
            release = report.current.isEmpty ? nil : report.current.printable()
            previous = report.previous.isEmpty ? nil : report.previous.printable()
            unit = report.unitState.printable()
            health = "\(report.health)"
            problem = report.healthProblem.isEmpty ? nil : report.healthProblem.printable(maximumBytes: 400)
            heldBy = report.holder.map { "\($0.rollout) of \($0.holder)".printable(maximumBytes: 300) }
            (pid, restarts, memoryBytes) = (report.mainPID, report.restarts, report.memoryBytes)
            diskFreeBytes = report.diskFreeBytes
            isWell = report.isInService || report.isIdleInstance && instance != nil
            if isWell, !report.isInService { (health, problem) = (nil, nil) }
            if report.isRetired { note = "stopped: the other instance has taken over" }
        }
    }

    /// As the table names it.
    private var label: String { instance.map { "\(host) \($0)" } ?? host }
    /// What is no problem.
    private var note: String?

    private enum CodingKeys: String, CodingKey {
        case host, instance, release, previous, unit, health, problem, heldBy, pid, restarts, memoryBytes
        case diskFreeBytes, isWell
    }

    static let header = ["HOST", "RELEASE", "UNIT", "HEALTH", "RESTARTS", "NOTE"]

    var cells: [Table.Cell] {
        let notes = [problem, note, heldBy.map { "held by \($0)" }].compactMap(\.self)
        return [
            Table.Cell(label, isWell ? .normal : .bad), Table.Cell(release ?? "-"),
            Table.Cell(unit ?? "-", unit == nil ? .faint : unit == "active" ? .good : isWell ? .faint : .bad),
            Table.Cell(health ?? "-", health == "unhealthy" ? .bad : health == "healthy" ? .good : .faint),
            Table.Cell(restarts.map { "\($0)" } ?? "-"),
            Table.Cell(notes.joined(separator: "; "), problem == nil ? .warning : .bad),
        ]
    }

    static func table(_ rows: [[Table.Cell]]) -> Table {
        Table(header: header, rows: rows, flexible: [5, 1], optional: [4])
    }

    /// The table, and below it the notes that it has no room for.
    static func lines(_ rows: [StatusRow], width: Int?, style: Style) -> [String] {
        let table = table(rows.map(\.cells))
        var problems = GroupedProblems()
        if table.isCut(width: width) {
            for row in rows {
                if let problem = row.problem { problems.add(GroupedProblems.Problem(problem), of: row.label) }
            }
        }
        return table.lines(width: width, style: style) + problems.lines(style: style)
    }
}

extension HostReport {
    /// Nothing runs there, and nothing is to: it has been stopped when the other instance took over, or never had a
    /// release.
    fileprivate var isIdleInstance: Bool { isRetired || current.isEmpty && unitState == "inactive" }
}
