import FleetModel

/// How a canary is compared with its baseline.
public struct ComparisonRules: Hashable, Sendable {
    /// Which way a metric is bad.
    public enum Worse: String, Hashable, Sendable, Codable, CaseIterable {
        /// Errors, latency, memory.
        case higher
        /// Throughput, cache hits.
        case lower
    }

    /// By how much the canary may be worse.
    public enum Tolerance: Hashable, Sendable {
        /// This part of what the hosts measured before the change: 0.1 is a tenth.
        case relative(Double)
        /// In the metric's own unit.
        case absolute(Double)
    }

    /// Measurements are taken this far apart, before the change and after it.
    public var interval: Duration
    /// Measurements after the change, at most.
    public var rounds: Int
    /// The probability of a false failure, and of a false success, at most; below 0.5.
    public var alpha: Double
    public var tolerance: Tolerance
    public var worse: Worse
    /// More errors than this one after the other end the comparison in an error.
    public var consecutiveErrorLimit: Int
    /// Before the first measurement after the change.
    public var initialDelay: Duration

    public init(
        interval: Duration = .seconds(10), rounds: Int = 60, alpha: Double = 0.05,
        tolerance: Tolerance = .relative(0.1), worse: Worse = .higher, consecutiveErrorLimit: Int = 4,
        initialDelay: Duration = .zero
    ) {
        self.interval = interval
        self.rounds = rounds
        self.alpha = alpha
        self.tolerance = tolerance
        self.worse = worse
        self.consecutiveErrorLimit = consecutiveErrorLimit
        self.initialDelay = initialDelay
    }

    /// The measurements that fit into `maximum`, at least one.
    public static func rounds(in maximum: Duration, every interval: Duration) -> Int {
        guard interval > .zero, maximum > interval else { return 1 }
        return Int(clamping: Int64((maximum / interval).rounded(.down).clamped(to: 1...1_000_000)))
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
