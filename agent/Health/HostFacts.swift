import AgentProtocol
import Glibc

/// What sets a host apart from others.
enum HostFacts {
    /// - Parameters:
    ///   - directory: Whose disk is looked at.
    ///   - systemdVersion: What `systemctl --version` printed; nil where there is none.
    static func all(directory: String, systemdVersion: [UInt8]?) -> [HostFact] {
        var facts: [HostFact] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.utf8.isEmpty { facts.append(HostFact(name: name, value: value)) }
        }
        add(HostFact.Name.kernel, FileSystem.firstLine("/proc/sys/kernel/osrelease"))
        add(HostFact.Name.architecture, architecture)
        add(
            HostFact.Name.distribution,
            distribution((try? FileSystem.read("/etc/os-release", maximumBytes: 8192)) ?? []))
        let cpus = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        add(HostFact.Name.cpuCount, cpus > 0 ? "\(cpus)" : nil)
        add(HostFact.Name.memoryBytes, memoryBytes(FileSystem.firstLine("/proc/meminfo")).map { "\($0)" })
        add(HostFact.Name.agentVersion, ProductVersion.text)
        add(HostFact.Name.bootID, FileSystem.firstLine("/proc/sys/kernel/random/boot_id"))
        let uptime = FileSystem.firstLine("/proc/uptime")
        add(HostFact.Name.uptimeSeconds, uptime.utf8.isEmpty ? nil : "\(ProcFile.wholeNumber(uptime))")
        let disk = Disk.space(at: directory)
        add(HostFact.Name.diskFreePercent, disk.total < 100 ? nil : "\(min(100, disk.free / (disk.total / 100)))")
        add(HostFact.Name.systemd, systemdVersion.flatMap(secondWord))
        return facts
    }

    #if arch(x86_64)
    private static let architecture = "x86_64"
    #elseif arch(arm64)
    private static let architecture = "aarch64"
    #else
    private static let architecture = ""
    #endif

    /// Of os-release(5): `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`.
    static func distribution(_ content: [UInt8]) -> String? {
        for line in content.split(separator: UInt8(ascii: "\n")) where line.starts(with: "PRETTY_NAME=".utf8) {
            let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
            return String(
                decoding: line.dropFirst("PRETTY_NAME=".utf8.count).filter { !quotes.contains($0) }, as: UTF8.self)
        }
        return nil
    }

    /// Of `MemTotal:       16384000 kB`.
    private static func memoryBytes(_ line: String) -> UInt64? {
        let words = line.utf8.split(separator: UInt8(ascii: " "))
        guard words.count > 1, let kibibytes = UInt64(String(decoding: words[1], as: UTF8.self)) else { return nil }
        return kibibytes.multipliedReportingOverflow(by: 1024).partialValue
    }

    /// Of `systemd 252 (252.39-1~deb12u1)`.
    private static func secondWord(_ output: [UInt8]) -> String? {
        let words = output.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: " "))
        return words.count > 1 ? String(decoding: words[1], as: UTF8.self) : nil
    }
}
