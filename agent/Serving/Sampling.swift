import AgentProtocol
import Glibc

/// Measures a service once, for a ``Sample``.
final class Sampling {
    private let request: TakeSample
    private let service: Service?
    private let environment: AgentEnvironment
    private let onEnd: (Sample) -> Void
    private var sample = Sample()

    init(
        _ request: TakeSample, of service: Service?, environment: AgentEnvironment, onEnd: @escaping (Sample) -> Void
    ) {
        (self.request, self.service, self.environment, self.onEnd) = (request, service, environment, onEnd)
    }

    func start() throws(SystemError) {
        sample.clockSeconds = UInt64(clamping: time(nil))
        try HealthLook(request.definition, of: service, environment: environment, probesHealth: true).start {
            self.take($0)
        }
    }

    private func take(_ outcome: HealthRound.Outcome) {
        let unit = outcome.unit
        if unit.mainPID > 0 {
            let process = ProcessUsage(unit.mainPID)
            sample.mainPID = unit.mainPID
            sample.restarts = unit.restarts
            sample.memoryBytes = unit.memoryBytes > 0 ? unit.memoryBytes : process.memoryBytes
            sample.cpuMicroseconds = unit.cpuNanoseconds.map { $0 / 1000 } ?? process.cpuMicroseconds
        }
        if !request.definition.checks.isEmpty {
            sample.isHealthy = outcome.isHealthy
            if outcome.isHealthy { sample.latencyMicroseconds = outcome.latency }
        }
        guard request.logSinceSeconds > 0,
            let journal = Journal(of: request.definition.control, children: environment.children)
        else { return onEnd(sample) }
        journal.countErrors(sinceSeconds: request.logSinceSeconds) { count in
            self.sample.logErrors = count
            self.onEnd(self.sample)
        }
    }
}
