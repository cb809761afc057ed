import AgentClient
import AgentProtocol
import FleetModel
import Reporting
import RolloutDriver

/// One host's line in `coord status`.
struct StatusRow: Encodable {
    var host: String
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

    init(_ name: HostName, _ answer: Result<HostReport, AgentError>) {
        host = name.text
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
            isWell = report.isInService
        }
    }

    static let header = ["HOST", "RELEASE", "UNIT", "HEALTH", "RESTARTS", "NOTE"]

    var cells: [Table.Cell] {
        let notes = [problem, heldBy.map { "held by \($0)" }].compactMap(\.self)
        return [
            Table.Cell(host, isWell ? .normal : .bad), Table.Cell(release ?? "-"),
            Table.Cell(unit ?? "-", unit == nil ? .faint : unit == "active" ? .good : .bad),
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
                if let problem = row.problem { problems.add(GroupedProblems.Problem(problem), of: row.host) }
            }
        }
        return table.lines(width: width, style: style) + problems.lines(style: style)
    }
}
