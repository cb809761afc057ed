import FleetModel

/// What the probe script found on a host; everything in it is the host's word.
struct HostProbe: Equatable {
    let isRoot: Bool
    let kernel: String
    let machine: String
    let hasSystemd: Bool
    /// SHA-256 of the installed binary, hexadecimal; nil where there is none.
    let binaryDigest: String?
    /// What the installed binary calls its version; nil where there is none, or it doesn't say.
    let version: String?
    let unitDigest: String?
    let isActive: Bool
    let isEnabled: Bool
    /// Why sudo refuses; nil where it doesn't, or isn't needed.
    let sudoRefusal: String?

    /// Nil unless the output is the probe's. Lines that are no `key=value` are somebody else's: a login shell's
    /// greeting.
    init?(_ output: [UInt8]) {
        var values: [Substring: String] = [:]
        for line in String(decoding: output, as: UTF8.self).printable().split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = String(parts[1]) }
        }
        guard let uid = values["uid"], let kernel = values["kernel"], let machine = values["machine"] else {
            return nil
        }
        isRoot = uid == "0"
        self.kernel = kernel
        self.machine = machine
        hasSystemd = values["systemd"] == "yes"
        binaryDigest = values["binary"]
        // `coord-agent 1.4.0`: the last word.
        version = values["version"]?.split(separator: " ").last.map(String.init)
        unitDigest = values["unit"]
        isActive = values["active"] == "active"
        isEnabled = values["enabled"] == "enabled"
        sudoRefusal = values["sudo"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
