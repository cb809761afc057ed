/// Tells how long a service has been well without a break.
struct HealthWindow {
    enum Verdict: Equatable {
        /// Well, but not yet for long enough.
        case waiting
        /// The checks pass, but the service was restarted meanwhile: the time begins anew.
        case broken(String)
        case unhealthy
        case healthy
    }

    private let minimumMilliseconds: UInt64
    private var since: (time: UInt64, unit: UnitStatus)?

    init(minimumMilliseconds: UInt64) { self.minimumMilliseconds = minimumMilliseconds }

    mutating func add(_ outcome: HealthRound.Outcome, at now: UInt64) -> Verdict {
        guard outcome.isHealthy else {
            since = nil
            return .unhealthy
        }
        let unit = outcome.unit
        guard let (start, first) = since else {
            since = (now, unit)
            return minimumMilliseconds == 0 ? .healthy : .waiting
        }
        if first.mainPID != unit.mainPID || first.restarts != unit.restarts {
            since = (now, unit)
            return .broken("the service was restarted: process \(first.mainPID), then \(unit.mainPID)")
        }
        return now - start >= minimumMilliseconds ? .healthy : .waiting
    }

    /// Until it may be healthy; nil where the time does not run.
    func missingMilliseconds(at now: UInt64) -> UInt64? {
        guard let since else { return nil }
        let end = since.time.addingReportingOverflow(minimumMilliseconds)
        guard !end.overflow else { return nil }
        return end.partialValue > now ? end.partialValue - now : 0
    }
}
