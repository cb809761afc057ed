/// What came of asking for a metric once.
public enum MetricReading: Hashable, Sendable, Codable {
    /// One finite number for the whole.
    case value(Double)
    /// A finite number for each host that gave one.
    case perHost([HostName: Double])
    /// The question was answered, and the answer is empty or not a number.
    case noData
    /// The question was not answered.
    case error(String)
}
