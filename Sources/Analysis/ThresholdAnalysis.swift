import FleetModel

/// Measures a number of times and holds each number against conditions, by the rules of Argo Rollouts' analysis.
///
/// An analysis fails, is inconclusive or ends in an error when its measurements exceed the limit of that kind, in this
/// order, and succeeds when `count` of them were taken before. Errors don't count towards `count`. Of a metric that has
/// a value for each host, the worst decides, and without all of them nothing is a success: who falls silent may be the
/// one that is sick.
public struct ThresholdAnalysis: AnalysisRun {
    /// How often to measure, and how much is forgiven.
    public struct Limits: Hashable, Sendable {
        /// Between two measurements.
        public var interval: Duration
        /// The measurements with a value that it takes.
        public var count: Int
        /// More failures than this fail the analysis.
        public var failureLimit: Int
        public var inconclusiveLimit: Int
        /// More errors than this one after the other, no data among them, end it in an error.
        public var consecutiveErrorLimit: Int
        /// Before the first measurement.
        public var initialDelay: Duration

        /// The defaults are Argo's.
        public init(
            interval: Duration = .seconds(10), count: Int = 1, failureLimit: Int = 0, inconclusiveLimit: Int = 0,
            consecutiveErrorLimit: Int = 4, initialDelay: Duration = .zero
        ) {
            self.interval = interval
            self.count = count
            self.failureLimit = failureLimit
            self.inconclusiveLimit = inconclusiveLimit
            self.consecutiveErrorLimit = consecutiveErrorLimit
            self.initialDelay = initialDelay
        }
    }

    public let criterion: ThresholdCriterion
    public let limits: Limits
    /// Of a metric that has a value for each host, these are judged.
    public let hosts: Set<HostName>
    public private(set) var verdict: AnalysisVerdict?
    /// Measurements with a value so far.
    public private(set) var measured = 0

    private var failed = 0
    private var inconclusive = 0
    private var consecutiveErrors = 0
    private var hasBegun = false

    public init(_ criterion: ThresholdCriterion, limits: Limits, hosts: Set<HostName> = []) {
        precondition(limits.count >= 1, "an analysis without measurements has no verdict")
        self.criterion = criterion
        self.limits = limits
        self.hosts = hosts
    }

    public var delay: Duration { hasBegun ? limits.interval : limits.initialDelay }

    public mutating func take(_ measurement: MetricReading) -> AnalysisVerdict? {
        guard verdict == nil else { return verdict }
        hasBegun = true
        switch measurement {
        case .value(let value): count([value], shown: value.brief)
        case .perHost(let values): count(values.filter { hosts.contains($0.key) })
        case .noData: countError("no data")
        case .error(let reason): countError(reason)
        }
        return verdict
    }

    private mutating func count(_ values: [HostName: Double]) {
        let deviating = values.filter { criterion.outcome(of: $0.value) != .successful }
        let failing = deviating.filter { criterion.outcome(of: $0.value) == .failed }
        let silent = hosts.subtracting(values.keys)
        guard !values.isEmpty, silent.isEmpty || !failing.isEmpty else {
            return countError(values.isEmpty ? "no data" : "no data of \(listed(silent.sorted().map(\.text)))")
        }
        let named = (failing.isEmpty ? deviating : failing).sorted { $0.key < $1.key }
        count(Array(values.values), shown: listed(named.map { "\($0.value.brief) on \($0.key)" }))
    }

    private func listed(_ hosts: [String]) -> String {
        let rest = hosts.count > 3 ? " and \(hosts.count - 3) more hosts" : ""
        return hosts.prefix(3).joined(separator: ", ") + rest
    }

    private mutating func count(_ values: [Double], shown: String) {
        let outcomes = Set(values.map { $0.isFinite ? criterion.outcome(of: $0) : nil })
        guard !outcomes.contains(nil) else { return countError("not a number") }
        measured += 1
        consecutiveErrors = 0
        if outcomes.contains(.failed) {
            failed += 1
            if failed > limits.failureLimit {
                verdict = .failed("measured \(shown); \(criterion.text)" + tally(failed, "failures"))
            }
        } else if outcomes.contains(.inconclusive) {
            inconclusive += 1
            if inconclusive > limits.inconclusiveLimit {
                verdict = .inconclusive("measured \(shown); \(criterion.text)" + tally(inconclusive, "undecided"))
            }
        }
        if verdict == nil, measured >= limits.count { verdict = .successful }
    }

    private mutating func countError(_ reason: String) {
        consecutiveErrors += 1
        guard consecutiveErrors > limits.consecutiveErrorLimit else { return }
        verdict = .error(reason.printable(maximumBytes: 500) + tally(consecutiveErrors, "errors one after the other"))
    }

    private func tally(_ number: Int, _ what: String) -> String { number > 1 ? " (\(number) \(what))" : "" }
}
