import FleetModel

/// One measurement of an analysis: kept beside the journal, and nothing that the engine knows of.
public struct AnalysisMeasurement: Hashable, Sendable, Codable {
    /// Why it was taken.
    public enum Occasion: Hashable, Sendable, Codable {
        /// Before the first host changed, to compare with.
        case before
        /// For the verdict of that attempt.
        case verdict(attempt: Int)
        /// While the rollout is held with both releases side by side.
        case held
    }

    public var analysis: AnalysisName
    public var occasion: Occasion
    public var reading: MetricReading
    /// The hosts on which it runs the release, or will first; all others are untouched.
    public var canary: [HostName]

    public init(analysis: AnalysisName, occasion: Occasion, reading: MetricReading, canary: [HostName]) {
        self.analysis = analysis
        self.occasion = occasion
        self.reading = reading
        self.canary = canary
    }

    /// The mean over the canary's hosts and over the others; nil of a side without a number.
    public var means: (canary: Double?, others: Double?) {
        guard case .perHost(let values) = reading else { return (nil, nil) }
        let members = Set(canary)
        return (
            Self.mean(values.filter { members.contains($0.key) }.map(\.value)),
            Self.mean(values.filter { !members.contains($0.key) }.map(\.value))
        )
    }

    private static func mean(_ values: [Double]) -> Double? {
        // In order, so that the same values give the same sum to the last bit.
        values.isEmpty ? nil : values.sorted().reduce(0) { $0 + $1 / Double(values.count) }
    }
}
