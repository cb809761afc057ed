/// What a service manager says of a service.
struct UnitStatus: Equatable {
    /// systemd's ActiveState, or `active`, `inactive` where a command was asked; `missing`, `unknown`.
    var state = "unknown"
    /// systemd's SubState.
    var detail = ""
    var mainPID: UInt64 = 0
    var restarts: UInt64 = 0
    var memoryBytes: UInt64 = 0
    /// CPU time of its control group since it was started; nil where that is not accounted.
    var cpuNanoseconds: UInt64?

    static let properties = "LoadState,ActiveState,SubState,MainPID,NRestarts,MemoryCurrent,CPUUsageNSec"

    /// What people look at when a unit has failed (systemctl(1), `show`).
    static let details =
        "Id,LoadState,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,ExecMainStartTimestamp,"
        + "ExecMainExitTimestamp,ActiveEnterTimestamp,MainPID,NRestarts,MemoryCurrent,CPUUsageNSec,UnitFileState,"
        + "FragmentPath,DropInPaths"

    var isActive: Bool { state == "active" }

    /// systemd will not start it again by itself: while a restart is pending the state is `activating`
    /// (systemd.service(5), Restart=).
    var isGivenUp: Bool { state == "failed" }

    init(state: String) { self.state = state }

    /// From the output of `systemctl show -p` with ``properties``: lines of `Name=value`.
    init(systemctlOutput output: [UInt8]) {
        for line in output.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: line[(equals + 1)...], as: UTF8.self)
            switch String(decoding: line[..<equals], as: UTF8.self) {
            case "LoadState": if value == "not-found" { state = "missing" }
            case "ActiveState": if state != "missing" { state = value }
            case "SubState": detail = value
            case "MainPID": mainPID = UInt64(value) ?? 0
            case "NRestarts": restarts = UInt64(value) ?? 0
            // `[not set]`, or 2^64 - 1, where it is not accounted.
            case "MemoryCurrent": memoryBytes = UInt64(value).map { $0 == .max ? 0 : $0 } ?? 0
            case "CPUUsageNSec": cpuNanoseconds = UInt64(value).flatMap { $0 == .max ? nil : $0 }
            default: break
            }
        }
    }
}
