import FleetModel
import RolloutEngine

/// One thing worth telling a person.
struct Narration: Equatable, Sendable {
    var tone: Style.Tone = .normal
    /// `batch 2/5`; empty where it concerns the whole rollout.
    var batch = ""
    var host: HostName?
    var text: String
    /// The last lines of what failed.
    var output = ""

    /// `batch 2/5  web-07 | healthy`
    func line(_ style: Style, hostWidth: Int) -> String {
        let subject = host.map { "\(batch)  \($0.text.padded(to: hostWidth)) | " } ?? (batch.isEmpty ? "" : batch + "  ")
        let body = style(text, tone)
        guard !output.isEmpty else { return subject + body }
        let quoted = output.split(separator: "\n").suffix(Self.maximumOutputLines).map { "    | " + style("\($0)", .faint) }
        return ([subject + body] + quoted).joined(separator: "\n")
    }

    /// Of a failing host's output.
    static let maximumOutputLines = 20
}

/// Turns news into what a person is told, in the same words on and off a terminal.
struct Narrator: Sendable {
    private let batchCount: Int
    private let batches: [HostName: Int]
    private let plan: RolloutPlan
    private var course: RolloutEngine.Course = .notStarted

    init(plan: RolloutPlan) {
        self.plan = plan
        batchCount = plan.batches.count
        batches = Dictionary(
            plan.batches.enumerated().flatMap { batch, hosts in hosts.map { ($0, batch) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    var hostWidth: Int { min(32, plan.hosts.map(\.name.text.count).max() ?? 0) }

    func opening(isResumed: Bool) -> Narration {
        let current = plan.hosts.count - plan.changedHosts.count
        var text = "\(isResumed ? "resuming " : "")rollout \(plan.rollout) of \(plan.service) \(plan.release): "
        text += "\(counted(plan.changedHosts.count, "host")) in \(counted(batchCount, "batch"))"
        if current > 0 { text += ", \(current) already current" }
        return Narration(tone: .bold, text: text)
    }

    mutating func tell(_ event: Event, _ engine: RolloutEngine) -> [Narration] {
        defer { course = engine.course }
        return narrations(of: event) + turn(to: engine)
    }

    private func narrations(of event: Event) -> [Narration] {
        switch event {
        case .rolloutStarted, .rolloutResumed, .timerFired: []
        case .operationFinished(let operation, let host, let outcome): narration(of: operation, on: host, outcome)
        case .hookFinished(let hook, .succeeded): [Narration(text: "hook \(hook.spoken) succeeded")]
        case .hookFinished(let hook, .failed(let problem)):
            [Narration(tone: .bad, text: "hook \(hook.spoken) failed: \(problem)")]
        case .operatorAsked(let request, let person):
            [Narration(tone: .warning, text: "\(request.rawValue) asked for by \(person)")]
        }
    }

    private func narration(of operation: HostOperation, on host: HostName, _ outcome: OperationOutcome) -> [Narration] {
        let batch = batches[host].map { "batch \($0 + 1)/\(batchCount)" } ?? ""
        switch outcome {
        case .observed: return []
        case .succeeded:
            guard operation != .finish else { return [] }
            let tone: Style.Tone = operation == .watch || operation == .watchReverted ? .good : .normal
            return [Narration(tone: tone, batch: batch, host: host, text: operation.done)]
        case .failed(let failure):
            let text = "\(operation.failed): \(failure.problem)"
            return [Narration(tone: .bad, batch: batch, host: host, text: text, output: failure.output)]
        }
    }

    /// What the engine decided upon the event.
    private func turn(to engine: RolloutEngine) -> [Narration] {
        guard course != engine.course else { return [] }
        switch (course, engine.course) {
        case (_, .rollingBack):
            let reason = engine.failureReason.map { ": \($0)" } ?? ""
            return [Narration(tone: .bad, text: "rolling back\(reason)")]
        case (.forward(let batch), let next), (.betweenBatches(let batch), let next):
            if case .betweenBatches = next { return [] }
            return [Narration(tone: .good, batch: "batch \(batch + 1)/\(batchCount)", text: "passed")]
        default: return []
        }
    }
}

extension HostOperation {
    var done: String {
        switch self {
        case .stage: "staged"
        case .activate: "activated, waiting for health"
        case .watch: "healthy"
        case .revert: "restored"
        case .watchReverted: "healthy again on what it ran before"
        case .inspect, .finish: rawValue
        }
    }

    var failed: String {
        switch self {
        case .stage: "staging failed"
        case .activate: "activation failed"
        case .watch: "not healthy"
        case .revert: "could not be restored"
        case .watchReverted: "not healthy after being restored"
        case .inspect: "could not be asked"
        case .finish: "could not be told that the rollout is over"
        }
    }
}

extension CoordinatorHook {
    var spoken: String {
        switch self {
        case .beforeRollout: "before_rollout"
        case .afterBatch: "after_batch"
        case .afterRollout: "after_rollout"
        case .onFailure: "on_failure"
        }
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// `1 host`, `2 hosts`, `3 batches`.
func counted(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)\(noun.hasSuffix("ch") ? "es" : "s")"
}
