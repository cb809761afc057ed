import Glibc

/// The file system that a path is on.
enum Disk {
    /// Bytes free for us and in all (statvfs(3)); zeros where it cannot be told.
    static func space(at path: String) -> (free: UInt64, total: UInt64) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return (0, 0) }
        let unit = UInt64(status.f_frsize)
        let available = geteuid() == 0 ? status.f_bfree : status.f_bavail
        let (free, freeOverflows) = UInt64(available).multipliedReportingOverflow(by: unit)
        let (total, totalOverflows) = UInt64(status.f_blocks).multipliedReportingOverflow(by: unit)
        return (freeOverflows ? .max : free, totalOverflows ? .max : total)
    }
}
