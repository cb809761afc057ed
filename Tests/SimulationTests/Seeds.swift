import Foundation

/// Which seeds are run: `SIM_SEED` replays one with its whole trace, `SIM_SEEDS` says how many.
enum Seeds {
    static let all: [UInt64] = {
        if let one { return [one] }
        let count = ProcessInfo.processInfo.environment["SIM_SEEDS"].flatMap(UInt64.init) ?? 3000
        return Array(1...max(1, count))
    }()

    /// Parts that run side by side.
    static let shards: [[UInt64]] = stride(from: 0, to: all.count, by: 250).map { Array(all[$0...].prefix(250)) }

    static var isReplay: Bool { one != nil }

    private static let one = ProcessInfo.processInfo.environment["SIM_SEED"].flatMap(UInt64.init)
}
