import AgentClient
import AgentProtocol
import Analysis
import FleetModel
import RolloutSpec

/// One metric of hosts through their agents. Some are differences between two samples: the first reading has none.
struct AgentMetricReader: Sendable {
    private struct Taken {
        var sample: Sample
        /// By this machine's clock: the hosts' own tells whole seconds only.
        var at: ContinuousClock.Instant
    }

    /// Asked at once.
    private static let maximumQuestions = 64
    /// For one sample, its health checks included.
    private static let deadline: Duration = .seconds(10)

    private let metric: RolloutSpec.Analysis.AgentMetric
    private let fleet: any Fleet
    private var last: [HostName: Taken] = [:]

    init(_ metric: RolloutSpec.Analysis.AgentMetric, _ fleet: any Fleet) {
        (self.metric, self.fleet) = (metric, fleet)
    }

    /// It is known from the second sample on.
    var isDifference: Bool { [.cpu, .restarts, .logErrors].contains(metric) }

    mutating func read(_ hosts: [HostName]) async -> MetricReading {
        let answers = await ask(hosts)
        var values: [HostName: Double] = [:]
        for (host, answer) in answers {
            guard case .success(let taken) = answer else { continue }
            if let value = value(taken, after: last[host]), value.isFinite { values[host] = value }
            last[host] = taken
        }
        guard values.isEmpty else { return .perHost(values) }
        let problem = answers.sorted { $0.key < $1.key }.lazy.compactMap { host, answer in
            if case .failure(let error) = answer { "\(host): \(error)".printable(maximumBytes: 400) } else { nil }
        }.first
        return problem.map(MetricReading.error) ?? .noData
    }

    private func ask(_ hosts: [HostName]) async -> [HostName: Result<Taken, AgentError>] {
        await withTaskGroup(of: (HostName, Result<Taken, AgentError>).self) { group in
            var waiting = hosts.makeIterator()
            func askNext() {
                guard let host = waiting.next() else { return }
                let since = last[host]?.sample.clockSeconds ?? 0
                group.addTask { [fleet] in
                    do throws(AgentError) {
                        let sample = try await fleet.sample(host, logSince: since, deadline: Self.deadline)
                        return (host, .success(Taken(sample: sample, at: .now)))
                    } catch { return (host, .failure(error)) }
                }
            }
            for _ in 0..<Self.maximumQuestions { askNext() }
            var answers: [HostName: Result<Taken, AgentError>] = [:]
            while let (host, answer) = await group.next() {
                answers[host] = answer
                askNext()
            }
            return answers
        }
    }

    private func value(_ now: Taken, after before: Taken?) -> Double? {
        switch metric {
        case .memory: return now.sample.memoryBytes.map { Double($0) }
        case .latency: return now.sample.latencyMicroseconds.map { Double($0) / 1000 }
        case .logErrors: return before == nil ? nil : now.sample.logErrors.map { Double($0) }
        case .restarts:
            guard let new = now.sample.restarts, let old = before?.sample.restarts else { return nil }
            // Whoever starts the unit anew sets its count back.
            return Double(new >= old ? new - old : new)
        case .cpu:
            guard let before, before.sample.mainPID == now.sample.mainPID, let new = now.sample.cpuMicroseconds,
                let old = before.sample.cpuMicroseconds, new >= old, now.at > before.at
            else { return nil }
            return Double(new - old) / ((now.at - before.at) / .microseconds(1)) * 100
        }
    }
}
