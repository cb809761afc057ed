import Foundation

/// Which seeds are run: `SIM_SEED` replays one with its whole trace, `SIM_SEEDS` says how many.
enum Seeds {
    static let all: [UInt64] = {
        if let one { return [one] }
        let count = ProcessInfo.processInfo.environment["SIM_SEEDS"].flatMap(UInt64.init) ?? 2000
        return Array(1...max(1, count))
    }()

    static var isReplay: Bool { one != nil }

    private static let one = ProcessInfo.processInfo.environment["SIM_SEED"].flatMap(UInt64.init)
}
