import FleetModel

/// An analysis while it runs: it takes measurements, one after the other, until it has a verdict.
///
/// It reads no clock: who runs it waits as long as it says, measures, and hands over what came of it.
public protocol AnalysisRun: Sendable {
    /// How long to wait before the next measurement.
    var delay: Duration { get }

    /// Nil: measure again. After a verdict, nothing changes any more and the same verdict is returned.
    mutating func take(_ measurement: MetricReading) -> AnalysisVerdict?
}
