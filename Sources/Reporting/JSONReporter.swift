import FleetModel
import Foundation
import RolloutEngine

/// A rollout as one JSON object a line; the schema is docs/json-events.md and only ever grows.
public final class JSONReporter: RolloutObserver {
    private let write: @Sendable (String) -> Void

    public init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    public func observe(_ news: RolloutNews) {
        switch news {
        case .began(let engine, let isResumed): emit(.began(engine.plan, isResumed: isResumed))
        case .happened(let event, let at, let engine):
            if let line = JSONLine(event, at: at, engine) { emit(line) }
        case .hostSaid(let host, let text, let output):
            emit(JSONLine(event: "host_said", host: host.text, text: text, output: output.isEmpty ? nil : output))
        case .sent(let bytes, let total, let host):
            // Only the end: a line for each chunk would drown the reader.
            if bytes == total { emit(JSONLine(event: "sent", host: host.text, bytes: bytes)) }
        case .suspended(.interrupted): emit(JSONLine(event: "suspended", reason: "interrupted"))
        case .suspended(.paused(let reason)): emit(JSONLine(event: "suspended", reason: reason))
        case .ended(let ending): emit(.ended(ending))
        }
    }

    private func emit(_ line: JSONLine) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(line) else { return }
        write(String(decoding: bytes, as: UTF8.self))
    }
}

/// One line of output; absent keys do not apply to the event.
struct JSONLine: Encodable {
    struct Host: Encodable {
        var host: String
        var state: String
        var current: String?
        var problem: String?
    }

    var event: String
    var at: Double?
    var rollout: String?
    var service: String?
    var release: String?
    var batches: [[String]]?
    var host: String?
    var batch: Int?
    var operation: String?
    var hook: String?
    var ok: Bool?
    var problem: String?
    var text: String?
    var output: String?
    var bytes: UInt64?
    var course: String?
    var unavailable: Int?
    var reason: String?
    var verdict: String?
    var by: String?
    var hosts: [Host]?

    static func began(_ plan: RolloutPlan, isResumed: Bool) -> JSONLine {
        JSONLine(
            event: isResumed ? "resumed" : "began", rollout: plan.rollout.text, service: plan.service.text,
            release: plan.release.text, batches: plan.batches.map { $0.map(\.text) }
        )
    }

    static func ended(_ ending: Ending) -> JSONLine {
        JSONLine(
            event: "ended", reason: ending.reason, verdict: ending.verdict.spoken,
            hosts: ending.hosts.map {
                Host(host: $0.name.text, state: $0.state.rawValue, current: $0.current, problem: $0.failure?.problem)
            }
        )
    }
}

extension JSONLine {
    /// Nil for events that say nothing outside the engine.
    init?(_ event: Event, at: RolloutInstant, _ engine: RolloutEngine) {
        switch event {
        case .rolloutStarted, .timerFired: return nil
        case .rolloutResumed(let person): self.init(event: "taken_up", by: person)
        case .operationFinished(let operation, let host, let outcome):
            self.init(event: "operation_finished", host: host.text, operation: operation.rawValue)
            batch = engine.hosts.first { $0.planned.name == host }?.batch.map { $0 + 1 }
            note(outcome)
        case .hookFinished(let hook, let outcome):
            self.init(event: "hook_finished", hook: hook.spoken, ok: outcome == .succeeded)
            if case .failed(let problem) = outcome { self.problem = problem }
        case .operatorAsked(let request, let person): self.init(event: "asked", text: request.rawValue, by: person)
        }
        self.at = Double(at.milliseconds) / 1000
        course = engine.course.spoken
        unavailable = engine.unavailableCount
    }

    private mutating func note(_ outcome: OperationOutcome) {
        switch outcome {
        case .succeeded: ok = true
        case .observed(let observation):
            ok = true
            text = observation.current
        case .failed(let failure):
            ok = false
            problem = failure.problem
            output = failure.output.isEmpty ? nil : failure.output
        }
    }
}

extension RolloutEngine.Course {
    var spoken: String {
        switch self {
        case .notStarted: "not_started"
        case .starting: "starting"
        case .forward: "forward"
        case .betweenBatches: "between_batches"
        case .rollingBack: "rolling_back"
        case .closing: "closing"
        case .finishing: "finishing"
        case .ended: "ended"
        }
    }
}

extension Ending.Verdict {
    /// As `--json` and the history name it.
    public var spoken: String {
        switch self {
        case .complete: "complete"
        case .completeWithDebt: "complete_with_debt"
        case .unchanged: "unchanged"
        case .mixed: "mixed"
        }
    }
}
