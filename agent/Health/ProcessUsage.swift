import Glibc

/// What one process uses (proc(5)): for where no control group accounts for the service. Children do not count.
struct ProcessUsage {
    var cpuMicroseconds: UInt64?
    var memoryBytes: UInt64?

    init(_ process: UInt64) {
        if let line = Self.content("/proc/\(process)/stat") { cpuMicroseconds = Self.cpuMicroseconds(line) }
        if let line = Self.content("/proc/\(process)/statm") { memoryBytes = Self.residentBytes(line) }
    }

    private static func content(_ path: String) -> [UInt8]? { (try? FileSystem.read(path, maximumBytes: 1024)) ?? nil }

    /// `utime` and `stime`: the 14th and 15th field, counted behind the name, which may hold anything.
    static func cpuMicroseconds(_ stat: [UInt8], ticksPerSecond: UInt64 = ticksPerSecond) -> UInt64? {
        guard let nameEnd = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(nameEnd + 1)...].split(separator: UInt8(ascii: " ")).prefix(13)
        guard fields.count == 13, let user = number(fields[11]), let system = number(fields[12]) else { return nil }
        let (ticks, overflows) = user.addingReportingOverflow(system)
        let (product, productOverflows) = ticks.multipliedReportingOverflow(by: 1_000_000)
        return overflows || productOverflows || ticksPerSecond == 0 ? nil : product / ticksPerSecond
    }

    /// The second field, in pages.
    private static func residentBytes(_ statm: [UInt8]) -> UInt64? {
        let fields = statm.split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = number(fields[1]) else { return nil }
        let (bytes, overflows) = pages.multipliedReportingOverflow(by: UInt64(clamping: sysconf(Int32(_SC_PAGESIZE))))
        return overflows || bytes == 0 ? nil : bytes
    }

    private static var ticksPerSecond: UInt64 { UInt64(clamping: sysconf(Int32(_SC_CLK_TCK))) }

    private static func number(_ field: ArraySlice<UInt8>) -> UInt64? { UInt64(String(decoding: field, as: UTF8.self)) }
}
