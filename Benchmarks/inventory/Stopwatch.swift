import Foundation

/// Wall and CPU time since the last report, the CPU of ended child processes not included.
struct Stopwatch {
    private var time = ContinuousClock.now
    private var cpu = Self.cpuSeconds()

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        return seconds + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    func printHeader() { print("what                                      wall s     CPU s  result") }

    mutating func restart() { self = Stopwatch() }

    mutating func report(_ what: String, result: String) {
        let used = Self.cpuSeconds() - cpu
        let wall = time.duration(to: .now) / .seconds(1)
        let figures = String(format: "%8.2f  %8.2f  ", wall, used)
        print(what.padding(toLength: 40, withPad: " ", startingAt: 0) + figures + result)
        restart()
    }
}
