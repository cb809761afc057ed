import FleetModel
import RolloutEngine

/// Turns news into what a person is told, in the same words on and off a terminal.
struct Narrator: Sendable {
    private let plan: RolloutPlan
    private let batches: [HostName: Int]
    private let batchWidth: Int
    private let hostWidth: Int
    private var passedBatches: Int
    private var hasFailed: Bool
    private var stagedHosts = 0
    /// What the balancers were last told to do, as far as that has been told here.
    private var toldAllocation: TrafficAllocation?
    /// The step whose beginning has been told.
    private var step: Int?
    /// What it waits for, once that has been told.
    private var gate: Gate?

    init(_ engine: RolloutEngine) {
        plan = engine.plan
        batches = Dictionary(
            plan.batches.enumerated().flatMap { batch, hosts in hosts.map { ($0, batch) } },
            uniquingKeysWith: { first, _ in first }
        )
        batchWidth = Self.label(of: plan.batches.count - 1, in: plan).columnCount
        hostWidth = min(Self.maximumHostWidth, plan.hosts.map(\.name.text.columnCount).max() ?? 0)
        passedBatches = engine.passedBatches
        hasFailed = engine.failureReason != nil
        if case .forward(let step) = engine.course { self.step = step }
    }

    /// Longer names push their line out of the columns.
    static let maximumHostWidth = 32

    /// As it is printed.
    func line(_ narration: Narration, _ style: Style) -> String {
        narration.line(style, batchWidth: batchWidth, hostWidth: hostWidth)
    }

    func opening(_ engine: RolloutEngine, isResumed: Bool) -> Narration {
        let offline = plan.offlineHosts
        let staying = plan.hosts.count - plan.changedHosts.count - offline.count
        let current = engine.hosts.count { $0.phase == .current && $0.planned.currentDigest == plan.digest }
        var text = "rollout \(plan.rollout) of \(plan.service) \(plan.release)\(plan.strategy.remark): "
        text += "\(counted(plan.changedHosts.count, "host")) in \(counted(plan.batches.count, "batch"))"
        if current > 0 { text += ", \(current) already current" }
        if staying > current { text += ", \(staying - current) kept as they are" }
        if !offline.isEmpty { text += ", offline and left out: \(listed(offline.map(\.text)))" }
        if isResumed { text += ", \(engine.hosts.count { $0.phase == .healthy }) healthy so far" }
        return Narration(tone: .bold, text: text)
    }

    func closing(_ suspension: Suspension) -> Narration { Narration(tone: .warning, text: suspension.spoken) }

    /// It is not over, and this coordinator has not left. Nil where it has been told already, as a gate.
    func waiting(_ reason: String) -> Narration? {
        guard gate == nil else { return nil }
        return Narration(tone: .warning, text: "\(reason); waiting for coord resume, retry or abort")
    }

    func noted(_ text: String, on host: HostName?) -> Narration {
        let batch = host.flatMap { batches[$0] }.map { Self.label(of: $0, in: plan) } ?? ""
        return Narration(tone: .warning, batch: batch, host: host, text: text)
    }

    /// Only what a verdict is made of: the rest would drown a log.
    func measured(_ measurement: AnalysisMeasurement) -> [Narration] {
        guard case .verdict = measurement.occasion else { return [] }
        return [Narration(text: "analysis \(measurement.spoken)")]
    }

    mutating func tell(_ event: Event, _ engine: RolloutEngine) -> [Narration] {
        var told = narrations(of: event, engine)
        switch event {
        case .trafficShifted(_, .succeeded): toldAllocation = engine.allocation
        case .trafficShifted(_, .failed): toldAllocation = nil
        default: break
        }
        if case .operationFinished(.stage, _, let outcome) = event {
            if outcome == .succeeded { stagedHosts += 1 }
            if !engine.hosts.contains(where: { $0.pending == .stage }), stagedHosts > 0 {
                told.append(Narration(text: "staged on \(counted(stagedHosts, "host"))"))
            }
        }
        return told + turn(to: engine)
    }

    private func narrations(of event: Event, _ engine: RolloutEngine) -> [Narration] {
        switch event {
        case .rolloutStarted, .timerFired(.progress), .timerFired(.pause): []
        case .timerFired(.ask): [Narration(tone: .warning, text: "nobody has answered in time")]
        // At the end the balancers are only asked once more for what they do.
        case .trafficShifted(_, .succeeded) where engine.isPastSteps && engine.allocation == toldAllocation: []
        case .trafficShifted(_, .succeeded):
            [Narration(text: "traffic: \(engine.allocation.map { StepText.shares(of: $0, plan) } ?? "shifted")")]
        case .rolloutResumed(let person): [Narration(text: "resumed by \(person)")]
        case .operationFinished(let operation, let host, let outcome): narrations(of: operation, on: host, outcome)
        case .hookFinished(let hook, .succeeded): [Narration(text: "hook \(hook.spoken) succeeded")]
        case .hookFinished(let hook, .failed(let problem)):
            [Narration(tone: .bad, text: "hook \(hook.spoken) failed: \(problem)")]
        case .operatorAsked(let request, let person): [narration(of: request, by: person, engine.rejection)]
        case .trafficShifted(_, .failed(let problem)):
            [Narration(tone: .bad, text: "the traffic could not be shifted: \(problem)")]
        case .analysed(let name, _, let verdict): [narration(of: verdict, on: name)]
        case .schemaHookFinished(let hook, .succeeded): [Narration(text: "schema hook \(hook.rawValue) succeeded")]
        case .schemaHookFinished(let hook, .failed(let problem)):
            [Narration(tone: .bad, text: "schema hook \(hook.rawValue) failed: \(problem)")]
        case .windowChanged(let isOpen):
            [Narration(text: isOpen ? "hosts may be started now" : "outside the allowed hours: no host is started")]
        }
    }

    private func narration(of verdict: AnalysisVerdict, on name: AnalysisName) -> Narration {
        switch verdict {
        case .successful: Narration(tone: .good, text: "analysis \(name) is successful")
        case .failed(let reason): Narration(tone: .bad, text: "analysis \(name) failed: \(reason)")
        case .error(let reason): Narration(tone: .bad, text: "analysis \(name) could not be measured: \(reason)")
        case .inconclusive(let reason): Narration(tone: .warning, text: "analysis \(name) is inconclusive: \(reason)")
        }
    }

    private func narration(of request: OperatorRequest, by person: String, _ rejection: String?) -> Narration {
        if let rejection { return Narration(text: "\(request.verb) asked for by \(person): \(rejection)") }
        switch request {
        case .pause(let reason):
            let why = reason.map { " (\($0))" } ?? ""
            return Narration(
                tone: .warning, text: "pause asked for by \(person)\(why): no further host is started")
        case .resume: return Narration(text: "resume asked for by \(person)")
        case .retry:
            if case .inconclusive(let name, _) = gate {
                return Narration(text: "analysis \(name) again, asked for by \(person)")
            }
            return Narration(text: "retry of the failed hosts asked for by \(person)")
        case .promote: return Narration(text: "promoted by \(person)")
        case .skip(let host): return Narration(text: "skip of \(host) asked for by \(person)")
        case .abort: return Narration(tone: .warning, text: "abort asked for by \(person)")
        case .interrupt:
            let course = "stopping once the hosts in flight are done; Ctrl-C again leaves at once"
            return Narration(tone: .warning, text: course)
        }
    }

    /// Staging and good-byes are many and change nothing that runs: they are told only where they fail.
    private func narrations(of operation: HostOperation, on host: HostName, _ outcome: OperationOutcome) -> [Narration]
    {
        let batch = batches[host].map { Self.label(of: $0, in: plan) } ?? ""
        switch (outcome, operation) {
        case (.observed, _), (.succeeded, .stage), (.succeeded, .finish): return []
        case (.succeeded, _):
            let tone: Style.Tone = operation == .watch || operation == .watchReverted ? .good : .normal
            return [Narration(tone: tone, batch: batch, host: host, text: operation.done)]
        case (.failed(let failure), _):
            let text = "\(operation.failed): \(failure.problem)"
            let tone: Style.Tone = operation == .finish ? .warning : .bad
            return [Narration(tone: tone, batch: batch, host: host, text: text, output: failure.output)]
        }
    }

    /// What the engine decided upon the event.
    private mutating func turn(to engine: RolloutEngine) -> [Narration] {
        courseTurn(to: engine) + stepTurn(to: engine) + gateTurn(to: engine)
    }

    /// Batches are told by their hosts; every other step when it begins.
    private mutating func stepTurn(to engine: RolloutEngine) -> [Narration] {
        guard case .forward(let current) = engine.course, current != step, plan.steps.indices.contains(current) else {
            return []
        }
        step = current
        let text = StepText(plan).line(of: plan.steps[current])
        switch plan.steps[current] {
        // Told when the balancers have been read back.
        case .change, .shiftTraffic: return []
        // A gate tells what it waits for.
        case .pause(nil): return []
        case .pause: return [Narration(tone: .warning, text: "\(text): \(plan.promoteOrAbort)")]
        default: return [Narration(text: text)]
        }
    }

    private mutating func gateTurn(to engine: RolloutEngine) -> [Narration] {
        defer { gate = engine.gate }
        guard let now = engine.gate, now != gate else { return [] }
        return [Narration(tone: .warning, text: now.spoken(plan))]
    }

    private mutating func courseTurn(to engine: RolloutEngine) -> [Narration] {
        if let reason = engine.failureReason {
            defer { hasFailed = true }
            if hasFailed { return [] }
            let isTouched = engine.hosts.contains(where: \.isChanged)
            let retreat = plan.policy.isReversible ? "rolling back" : "stopped"
            let course = isTouched ? retreat : "stopped before any host was changed"
            return [Narration(tone: .bad, text: "\(course): \(reason)")]
        }
        defer { passedBatches = max(passedBatches, engine.passedBatches) }
        return (passedBatches..<max(passedBatches, engine.passedBatches)).map { batch in
            let members = engine.hosts.filter { $0.batch == batch }
            let failed = members.count { $0.failure != nil }
            return Narration(
                tone: failed == 0 ? .good : .warning, batch: Self.label(of: batch, in: plan),
                text: failed == 0 ? "passed" : "passed; \(failed) of \(counted(members.count, "host")) failed"
            )
        }
    }

    private static func label(of batch: Int, in plan: RolloutPlan) -> String {
        "batch \(batch + 1)/\(plan.batches.count)"
    }
}

extension RolloutEngine {
    fileprivate var isPastSteps: Bool {
        switch course {
        case .closing, .finishing, .ended: true
        case .notStarted, .starting, .forward, .betweenBatches, .rollingBack: false
        }
    }

    /// The batches that are behind it while it goes forward; none once it has failed.
    fileprivate var passedBatches: Int {
        switch course {
        case .notStarted, .starting, .rollingBack: 0
        case .forward(let step): Set(plan.steps.prefix(step).compactMap(\.batch)).count
        case .betweenBatches(let batch): batch
        case .closing, .finishing, .ended: failureReason == nil ? plan.batches.count : 0
        }
    }
}
