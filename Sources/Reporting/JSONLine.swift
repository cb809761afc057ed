import FleetModel
import RolloutEngine

/// One line of `--json`; absent keys do not apply to the event.
struct JSONLine: Encodable {
    struct Host: Encodable {
        var host: String
        var state: String
        var current: String?
        var problem: String?
        var skipped: Bool?
    }

    var event: String
    var at: Double?
    var rollout: String?
    var service: String?
    var release: String?
    var digest: String?
    var strategy: String?
    var batches: [[String]]?
    var offline: [String]?
    var resumed: Bool?
    var host: String?
    var step: Int?
    var action: String?
    var batch: Int?
    var shares: [String: Double]?
    var duration: String?
    var operation: String?
    var analysis: String?
    var hook: String?
    var request: String?
    var by: String?
    var ok: Bool?
    var failure: String?
    var problem: String?
    var text: String?
    var output: String?
    var current: String?
    var inService: Bool?
    var bytes: UInt64?
    var course: String?
    var unavailable: Int?
    var reason: String?
    var gate: String?
    var verdict: String?
    var traffic: String?
    var contractOwed: Bool?
    var hosts: [Host]?

    private enum CodingKeys: String, CodingKey {
        case event, at, rollout, service, release, digest, strategy, batches, offline, resumed, host, step, action
        case batch, shares, duration, operation, analysis, hook, request, by
        case ok, failure, problem, text, output, current
        case inService = "in_service"
        case bytes, course, unavailable, reason, gate, verdict, traffic
        case contractOwed = "contract_owed"
        case hosts
    }
}

extension JSONLine {
    /// Nil for news that says nothing outside the engine.
    init?(_ news: RolloutNews) {
        switch news {
        case .began(let engine, let isResumed): self.init(engine.plan, isResumed: isResumed)
        case .happened(let event, let at, let engine):
            self.init(event, engine)
            self.at = Double(at.milliseconds) / 1000
            course = engine.course.jsonName
            unavailable = engine.unavailableCount
        case .hostSaid(let host, let text, let output):
            self.init(event: "host_said", host: host.text, text: text, output: output.isEmpty ? nil : output)
        case .sent(let bytes, let total, let host):
            // Only the end: a line for each chunk would drown the reader.
            guard bytes == total else { return nil }
            self.init(event: "sent", host: host.text, bytes: bytes)
        case .noted(let text, let host): self.init(event: "noted", host: host?.text, text: text)
        case .waiting(let reason): self.init(event: "waiting", reason: reason)
        case .suspended(.interrupted): self.init(event: "interrupted")
        case .suspended(.paused(let reason)): self.init(event: "paused", reason: reason)
        case .ended(let ending): self.init(ending)
        }
    }

    /// The step that the rollout has come to.
    init(_ step: PlanSummary.Step, at instant: RolloutInstant) {
        self.init(
            event: "step_began", at: Double(instant.milliseconds) / 1000, step: step.number, action: step.action,
            batch: step.batch, shares: step.shares, duration: step.duration, analysis: step.analysis?.text,
            hook: step.schemaHook?.rawValue)
    }

    private init(_ plan: RolloutPlan, isResumed: Bool) {
        self.init(
            event: "began", rollout: plan.rollout.text, service: plan.service.text, release: plan.release.text,
            digest: plan.digest.hex, strategy: plan.strategy.rawValue, batches: plan.batches.map { $0.map(\.text) },
            offline: plan.offlineHosts.isEmpty ? nil : plan.offlineHosts.map(\.text), resumed: isResumed
        )
    }

    private init?(_ event: Event, _ engine: RolloutEngine) {
        switch event {
        case .rolloutStarted, .timerFired: return nil
        case .rolloutResumed(let person): self.init(event: "resumed", by: person)
        case .operationFinished(let operation, let host, let outcome):
            self.init(event: "operation_finished", host: host.text, operation: operation.jsonName)
            batch = engine.hosts.first { $0.planned.name == host }?.batch.map { $0 + 1 }
            note(outcome)
        case .hookFinished(let hook, let outcome):
            self.init(event: "hook_finished", hook: hook.spoken, ok: outcome == .succeeded)
            if case .failed(let problem) = outcome { self.problem = problem }
        case .operatorAsked(let request, let person):
            self.init(event: "asked", request: request.verb, by: person)
            if case .pause(let reason) = request { self.reason = reason }
            if case .skip(let host) = request { self.host = host.text }
            problem = engine.rejection
        case .trafficShifted(_, let outcome):
            self.init(event: "traffic_shifted", ok: outcome == .succeeded)
            switch outcome {
            case .succeeded: shares = engine.allocation.map(PlanSummary.percentages)
            case .failed(let problem): self.problem = problem
            }
        case .analysed(let name, _, let verdict):
            self.init(
                event: "analysed", analysis: name.text, reason: verdict.reason, verdict: verdict.jsonName)
        case .schemaHookFinished(let hook, let outcome):
            self.init(event: "schema_hook_finished", hook: hook.rawValue, ok: outcome == .succeeded)
            if case .failed(let problem) = outcome { self.problem = problem }
        case .windowChanged(let isOpen): self.init(event: isOpen ? "window_opened" : "window_closed")
        }
    }

    private init(_ ending: Ending) {
        self.init(
            event: "ended", reason: ending.reason, verdict: ending.verdict.spoken, traffic: ending.traffic?.jsonName,
            contractOwed: ending.isContractOwed ? true : nil,
            hosts: ending.hosts.map {
                Host(
                    host: $0.name.text, state: $0.state.rawValue, current: $0.current, problem: $0.failure?.problem,
                    skipped: $0.isSkipped)
            }
        )
    }

    private mutating func note(_ outcome: OperationOutcome) {
        switch outcome {
        case .succeeded: ok = true
        case .observed(let observation):
            ok = true
            current = observation.current
            inService = observation.isInService
        case .failed(let failure):
            ok = false
            self.failure = failure.kind.jsonName
            problem = failure.problem
            output = failure.output.isEmpty ? nil : failure.output
        }
    }
}
