import Foundation

/// What this process has used since the last report.
final class Meter {
    private var lastTime = ContinuousClock.now
    private var lastCPU = Meter.cpuSeconds()

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        return seconds + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// proc_pid_statm(5), in MiB.
    private static func residentMegabytes() -> Double {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(getpagesize()) / 1_048_576
    }

    private static func descriptorCount() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    func printHeader() {
        print("phase                      sessions    wall s     CPU s   memory MiB   descriptors")
    }

    func report(_ phase: String, sessions: Int) {
        let cpu = Self.cpuSeconds()
        let (seconds, attoseconds) = lastTime.duration(to: .now).components
        let wall = Double(seconds) + Double(attoseconds) / 1e18
        let figures = String(
            format: "%8d  %8.2f  %8.2f  %11.0f  %12d", sessions, wall, cpu - lastCPU, Self.residentMegabytes(),
            Self.descriptorCount())
        print(phase.padding(toLength: 27, withPad: " ", startingAt: 0) + figures)
        lastTime = .now
        lastCPU = Self.cpuSeconds()
    }
}
