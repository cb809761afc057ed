import AgentClient
import AgentProtocol
import FleetModel
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

    static func table(_ rows: [StatusRow]) -> [String] {
        textTable(
            [["HOST", "RELEASE", "UNIT", "HEALTH", "RESTARTS", "NOTE"]]
                + rows.map { row in
                    let notes = [row.problem, row.heldBy.map { "held by \($0)" }].compactMap(\.self)
                    return [
                        row.host, row.release ?? "-", row.unit ?? "-", row.health ?? "-",
                        row.restarts.map { "\($0)" } ?? "-",
                        notes.joined(separator: "; ").split(whereSeparator: \.isWhitespace).joined(separator: " "),
                    ]
                })
    }
}
