import FleetModel

/// What the probe script found on a host.
struct HostProbe: Equatable {
    let isRoot: Bool
    let kernel: String
    let machine: String
    let supervisor: Supervisor
    /// The directory that runit's runsvdir looks after; empty where there is none.
    let scanDirectory: String
    /// SHA-256 of the installed binary, hexadecimal; nil where there is none.
    let binaryDigest: String?
    /// What the installed binary calls its version; nil where there is none, or it doesn't say.
    let version: String?
    /// SHA-256 of the service's files, one after the other; nil where there are none.
    let serviceDigest: String?
    let isActive: Bool
    let isEnabled: Bool

    /// Nil unless the output is the probe's.
    init?(_ output: [UInt8]) {
        guard let report = ScriptReport(output), let uid = report["uid"], let kernel = report["kernel"],
            let machine = report["machine"], let supervisor = report["supervisor"].flatMap(Supervisor.init)
        else { return nil }
        isRoot = uid == "0"
        self.kernel = kernel
        self.machine = machine
        self.supervisor = supervisor
        scanDirectory = report["scan"] ?? ""
        binaryDigest = report["binary"]
        // `coord-agent 1.4.0`: the last word.
        version = report["version"]?.split(separator: " ").last.map(String.init)
        serviceDigest = report["service"]
        isActive = report["active"] == "yes"
        isEnabled = report["enabled"] == "yes"
    }
}
