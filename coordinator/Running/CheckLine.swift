import FleetModel
import FleetOperations

/// One host's line of `coord check --json`; absent keys are not known.
struct CheckLine: Encodable {
    struct Problem: Encodable {
        /// `reach`, `host_key`, `login`, `sudo`, `agent`, `disk`, `clock`, `unit`, `lock`
        var aspect: String
        var problem: String
        var hint: String?
        var isWarning: Bool
    }

    var host: String
    var ready: Bool
    var problems: [Problem]
    var loginMilliseconds: Int64?
    var agentVersion: String?
    var protocolVersion: UInt64?
    var installDiskFreeBytes: Int64?
    var stateDiskFreeBytes: Int64?
    var clockOffsetMilliseconds: Int64?
    var unit: String?
    var release: String?
    var heldBy: String?

    init(_ findings: HostFindings) {
        host = findings.host.text
        ready = findings.isReady
        problems = findings.findings.map {
            Problem(
                aspect: $0.aspect == .hostKey ? "host_key" : $0.aspect.rawValue, problem: $0.problem, hint: $0.hint,
                isWarning: $0.isWarning)
        }
        loginMilliseconds = findings.loginTime?.wholeMilliseconds
        agentVersion = findings.agentVersion
        protocolVersion = findings.protocolVersion
        installDiskFreeBytes = findings.installDiskFreeBytes
        stateDiskFreeBytes = findings.stateDiskFreeBytes
        clockOffsetMilliseconds = findings.clockOffset?.wholeMilliseconds
        unit = findings.unitState
        release = findings.release
        heldBy = findings.holder
    }
}
