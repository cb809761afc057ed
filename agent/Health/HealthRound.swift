import AgentProtocol

/// Makes every check of a service once, all at the same time, and the service manager's with them.
final class HealthRound {
    struct Outcome {
        var unit = UnitStatus(state: "unknown")
        /// The first check that failed, in the definition's order; empty where all passed.
        var problem = ""
        var output: [UInt8] = []
        /// Until the last check was made, in microseconds; 0 where there is none.
        var latency: UInt64 = 0

        var isHealthy: Bool { problem.utf8.isEmpty }
    }

    /// Forgotten once called: it holds on to whoever waits.
    private var onEnd: ((Outcome) -> Void)?
    private var probes: [Probe] = []
    private var results: [ProbeResult?]
    private var outcome = Outcome()
    private var waitsForUnit = true
    private var isStarted = false
    private var isOver = false
    private let names: [String]
    private let startedAt = EventLoop.microseconds()
    /// Without unit and status command there is nobody to ask.
    private let asksUnit: Bool

    /// - Parameter checks: With their scripts' commands where they are scripts.
    init(_ checks: [ReadyCheck], _ controller: ServiceController, onEnd: @escaping (Outcome) -> Void) {
        self.onEnd = onEnd
        asksUnit = controller.knowsStatus
        names = checks.map(\.name)
        results = checks.map { _ in nil }
        probes.append(
            StatusProbe(controller) { status in
                self.outcome.unit = status
                self.waitsForUnit = false
                self.finishWhenComplete()
            })
        for (index, check) in checks.enumerated() {
            let probe = check.start { result in
                self.results[index] = result
                self.outcome.latency = EventLoop.microseconds() - self.startedAt
                self.finishWhenComplete()
            }
            if let probe { probes.append(probe) }
        }
        isStarted = true
        finishWhenComplete()
    }

    func cancel() {
        isOver = true
        for probe in probes { probe.cancel() }
        (probes, onEnd) = ([], nil)
    }

    private func finishWhenComplete() {
        guard isStarted, !isOver, !waitsForUnit, !results.contains(where: { $0 == nil }) else { return }
        isOver = true
        probes = []
        if let index = results.firstIndex(where: { $0?.isPassed == false }), let failed = results[index] {
            outcome.problem = "check \(names[index]): \(failed.problem)"
            outcome.output = failed.output
        }
        let unit = outcome.unit
        if asksUnit, !unit.isActive {
            let detail = unit.detail.utf8.isEmpty ? "" : " (\(unit.detail))"
            outcome.problem = "the service is \(unit.state)\(detail)"
        }
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?(outcome)
    }
}
