import Analysis
import FleetModel
import RolloutEngine
import RolloutSpec

/// One analysis at work: measures until there is a verdict, or for as long as it is let.
struct AnalysisTask: Sendable {
    let name: AnalysisName
    let job: RolloutJob
    let sides: AnalysisSides
    let fleet: any Fleet
    /// What was measured before the first host changed.
    var before: [MetricReading] = []
    /// Takes every measurement that counts.
    let onMeasurement: @Sendable (AnalysisMeasurement) -> Void

    /// Nil where it was cancelled. `promise` is told, before it begins, what a comparison can find.
    func verdict(attempt: Int, promise: (String) -> Void) async -> AnalysisVerdict? {
        guard let analysis = job.analyses?.analysis(name) else { return .error("the rollout knows no such analysis") }
        guard var run = analysis.makeRun(sides) else {
            return .error("\(sides.canary.count) changed and \(sides.baseline.count) untouched hosts are not enough")
        }
        if var comparison = run as? BaselineComparison {
            for reading in before { comparison.takeBefore(reading) }
            promise(comparison.promise)
            run = comparison
        }
        var meter = AnalysisMeter(analysis, sides, of: job, fleet)
        var due = await begin(&meter, analysis, delay: run.delay)
        while await sleep(until: due) {
            due = .now + analysis.interval
            let reading = await meter.read()
            guard !Task.isCancelled else { return nil }
            onMeasurement(measurement(reading, .verdict(attempt: attempt)))
            if let verdict = run.take(reading) { return verdict }
        }
        return nil
    }

    /// Measures a number of times before anything changes; nil: until it is cancelled.
    func measure(_ occasion: AnalysisMeasurement.Occasion, rounds: Int? = nil) async {
        guard let analysis = job.analyses?.analysis(name) else { return }
        var meter = AnalysisMeter(analysis, sides, of: job, fleet)
        var due = await begin(&meter, analysis, delay: .zero)
        var round = 0
        while rounds.map({ round < $0 }) ?? true, await sleep(until: due) {
            due = .now + analysis.interval
            let reading = await meter.read()
            guard !Task.isCancelled else { return }
            onMeasurement(measurement(reading, occasion))
            round += 1
        }
    }

    /// When the first measurement is due.
    private func begin(
        _ meter: inout AnalysisMeter, _ analysis: RolloutSpec.Analysis, delay: Duration
    ) async -> ContinuousClock.Instant {
        let start = ContinuousClock.now
        guard meter.isDifference else { return start + delay }
        _ = await sleep(until: start + delay) ? await meter.read() : .noData
        return start + delay + analysis.interval
    }

    /// False where it was cancelled.
    private func sleep(until due: ContinuousClock.Instant) async -> Bool {
        (try? await Task.sleep(until: due, clock: .continuous)) != nil
    }

    private func measurement(
        _ reading: MetricReading, _ occasion: AnalysisMeasurement.Occasion
    ) -> AnalysisMeasurement {
        AnalysisMeasurement(analysis: name, occasion: occasion, reading: reading, canary: sides.canary)
    }
}
