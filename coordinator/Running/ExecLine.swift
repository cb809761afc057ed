import FleetModel
import FleetOperations
import HostAccess

/// One host's line of `coord exec --json`.
struct ExecLine: Encodable {
    var host: String
    /// `exited`, `signalled`, `lost`, `timed_out`, `unknown`, `unreachable`, `interrupted`, `not_started`
    var ending: String
    var exitStatus: Int32?
    var signal: String?
    var output: String?
    var errors: String?
    /// Of both streams together, beyond what is kept.
    var droppedBytes: Int?
    var problem: String?
    var hint: String?

    init(_ answer: CommandAnswer) {
        host = answer.host.text
        switch answer.result {
        case .ran(let outcome):
            switch outcome.ending {
            case .exited(let status): (ending, exitStatus) = ("exited", status)
            case .signalled(let name): (ending, signal) = ("signalled", name.printable())
            case .lost: ending = "lost"
            case .timedOut: ending = "timed_out"
            case .unknown: ending = "unknown"
            }
            output = String(decoding: outcome.output, as: UTF8.self).printable(maximumBytes: .max)
            errors = String(decoding: outcome.errorOutput, as: UTF8.self).printable(maximumBytes: .max)
            droppedBytes = outcome.droppedBytes > 0 ? outcome.droppedBytes : nil
        case .unreachable(let error):
            (ending, problem, hint) = ("unreachable", error.problem, error.hint)
        case .interrupted: ending = "interrupted"
        case .notStarted: ending = "not_started"
        }
    }
}
