import FleetModel
import RolloutEngine

/// A rollout by the real engine on a clock of its own: hosts answer as told, observers hear of it as from the driver.
struct ScriptedRollout: Sendable {
    typealias Answer = @Sendable (HostOperation, HostName) -> HostFailure?

    let plan: RolloutPlan
    /// What people ask, and when, in milliseconds of the rollout.
    var requests: [(at: Int64, OperatorRequest)] = []
    /// What else happens, and when, in milliseconds of the rollout.
    var events: [(at: Int64, Event)] = []
    /// What the coordinator tells beside, and when.
    var notes: [(at: Int64, String, on: HostName?)] = []
    /// What an analysis finds.
    var verdict: @Sendable (AnalysisName) -> AnalysisVerdict = { _ in .successful }
    /// Why a shift of that attempt fails; nil where it succeeds.
    var shiftProblem: @Sendable (Int) -> String? = { _ in nil }
    /// Nil where the schema hook succeeds.
    var schemaProblem: @Sendable (SchemaHook) -> String? = { _ in nil }
    /// Nil where the host does as it is asked.
    var failure: Answer = { _, _ in nil }
    /// What a hook answers; nil where it succeeds.
    var hookProblem: @Sendable (CoordinatorHook) -> String? = { _ in nil }

    /// The bytes each host receives.
    static let artifactBytes: UInt64 = 12_000_000

    struct Recording {
        var journal: [(event: Event, at: RolloutInstant)] = []
        var suspension: Suspension?
        var ending: Ending?
    }

    /// Plays it from where `recording` ends to its end or to the next suspension.
    func play(after recording: Recording = Recording(), to observer: any RolloutObserver) -> Recording {
        var stage = Stage(script: self, recording: recording, observer: observer)
        stage.play()
        return stage.recording
    }
}

/// One run of a script.
private struct Stage {
    enum Cue {
        case event(Event)
        case news(RolloutNews)
    }

    let script: ScriptedRollout
    let observer: any RolloutObserver
    var recording: ScriptedRollout.Recording
    private var engine: RolloutEngine
    private var now = RolloutInstant.zero
    private var cues: [(at: Int64, order: Int, cue: Cue, host: HostName?)] = []
    private var cueCount = 0

    init(script: ScriptedRollout, recording: ScriptedRollout.Recording, observer: any RolloutObserver) {
        self.script = script
        self.recording = recording
        self.observer = observer
        engine = RolloutEngine(plan: script.plan)
    }

    mutating func play() {
        for entry in recording.journal { _ = engine.handle(entry.event, at: entry.at) }
        now = recording.journal.last?.at ?? .zero
        let isResumed = !recording.journal.isEmpty
        observer.observe(.began(engine, isResumed: isResumed))
        cue(.event(isResumed ? .rolloutResumed(by: "alice@laptop") : .rolloutStarted), after: 0)
        for (at, request) in script.requests where at >= now.milliseconds {
            cue(.event(.operatorAsked(request, by: "alice@laptop")), after: at - now.milliseconds)
        }
        for (at, event) in script.events where at >= now.milliseconds {
            cue(.event(event), after: at - now.milliseconds)
        }
        for (at, text, host) in script.notes where at >= now.milliseconds {
            cue(.news(.noted(text, on: host)), after: at - now.milliseconds)
        }
        (recording.suspension, recording.ending) = (nil, nil)
        while recording.suspension == nil, recording.ending == nil, let next = takeNext() {
            now = RolloutInstant(milliseconds: next.at)
            switch next.cue {
            case .news(let news): observer.observe(news)
            case .event(let event): handle(event)
            }
        }
    }

    private mutating func takeNext() -> (at: Int64, order: Int, cue: Cue, host: HostName?)? {
        guard let index = cues.indices.min(by: { (cues[$0].at, cues[$0].order) < (cues[$1].at, cues[$1].order) })
        else { return nil }
        return cues.remove(at: index)
    }

    private mutating func cue(_ cue: Cue, of host: HostName? = nil, after milliseconds: Int64) {
        cueCount += 1
        cues.append((now.milliseconds + milliseconds, cueCount, cue, host))
    }

    /// One value for the whole, one for each host, and nothing.
    private mutating func measure(_ name: AnalysisName, attempt: Int) {
        let hosts = engine.hosts.map(\.planned.name)
        let numbers = hosts.enumerated().map { ($1, Double($0 + 1) / 4) }
        let values = Dictionary(numbers, uniquingKeysWith: { first, _ in first })
        let readings: [MetricReading] = [.value(0.25), .perHost(values), .error("it printed nothing")]
        for (number, reading) in readings.enumerated() {
            let measurement = AnalysisMeasurement(
                analysis: name, occasion: .verdict(attempt: attempt), reading: reading,
                canary: engine.hosts.filter(\.isChanged).map(\.planned.name))
            cue(.news(.measured(measurement)), after: Int64(number + 1) * 10_000)
        }
    }

    private mutating func handle(_ event: Event) {
        recording.journal.append((event, now))
        let actions = engine.handle(event, at: now)
        observer.observe(.happened(event, at: now, engine))
        for action in actions {
            switch action {
            case .perform(let operation, let host, _, _): perform(operation, on: host)
            case .runHook(let hook):
                let outcome = script.hookProblem(hook).map { HookOutcome.failed($0) } ?? .succeeded
                cue(.event(.hookFinished(hook, outcome)), after: 400)
            // No script is without progress for so long.
            case .startTimer(.progress, _), .cancelTimer(.progress): break
            case .startTimer(let timer, let deadline):
                cancel(timer)
                cue(.event(.timerFired(timer)), after: deadline.milliseconds - now.milliseconds)
            case .cancelTimer(let timer): cancel(timer)
            case .shiftTraffic(_, let attempt):
                let outcome = script.shiftProblem(attempt).map { TrafficOutcome.failed($0) } ?? .succeeded
                cue(.event(.trafficShifted(attempt: attempt, outcome)), after: 300)
            case .analyse(let name, let attempt):
                measure(name, attempt: attempt)
                cue(.event(.analysed(name, attempt: attempt, script.verdict(name))), after: 40_000)
            case .runSchemaHook(let hook, _):
                let outcome = script.schemaProblem(hook).map { HookOutcome.failed($0) } ?? .succeeded
                cue(.event(.schemaHookFinished(hook, outcome)), after: 2000)
            case .wait(let reason): observer.observe(.waiting(reason: reason))
            case .suspend(let suspension):
                recording.suspension = suspension
                observer.observe(.suspended(suspension))
            case .end(let ending):
                recording.ending = ending
                observer.observe(.ended(ending))
            }
        }
    }

    private mutating func cancel(_ timer: RolloutTimer) {
        cues.removeAll { cue in
            if case .event(.timerFired(timer)) = cue.cue { true } else { false }
        }
    }

    private mutating func perform(_ operation: HostOperation, on host: HostName) {
        // As the driver does: a new operation takes the place of the one that is pending.
        cues.removeAll { $0.host == host }
        let duration = Self.duration(of: operation) + Int64(index(of: host) * 137 % 700)
        if operation == .stage {
            let total = ScriptedRollout.artifactBytes
            for quarter in 1...4 as ClosedRange<UInt64> {
                let news = RolloutNews.sent(bytes: total * quarter / 4, of: total, to: host)
                cue(.news(news), of: host, after: duration * Int64(quarter) / 5)
            }
        }
        if operation == .watch {
            cue(.news(.hostSaid(host, line: "check 1 of 2 passes", output: "")), of: host, after: duration / 2)
        }
        let event = Event.operationFinished(operation, on: host, outcome(of: operation, on: host))
        cue(.event(event), of: host, after: duration)
    }

    private func outcome(of operation: HostOperation, on host: HostName) -> OperationOutcome {
        if let failure = script.failure(operation, host) { return .failed(failure) }
        guard operation == .inspect else { return .succeeded }
        return .observed(observation(of: host))
    }

    private func observation(of host: HostName) -> HostObservation {
        let progress = engine.hosts[index(of: host)]
        let runsOld = !progress.isChanged || progress.phase == .reverted
        guard runsOld else {
            let isInService = progress.phase == .healthy
            return HostObservation(
                current: script.plan.release.text, currentDigest: script.plan.digest, isInService: isInService)
        }
        let planned = progress.planned
        return HostObservation(
            current: planned.current, currentDigest: planned.currentDigest,
            isInService: planned.current != nil && !planned.isSick
        )
    }

    private func index(of host: HostName) -> Int { script.plan.hosts.firstIndex { $0.name == host } ?? 0 }

    private static func duration(of operation: HostOperation) -> Int64 {
        switch operation {
        case .stage: 1500
        case .activate: 800
        case .watch, .watchReverted: 3000
        case .revert, .drain, .admit, .retire: 700
        case .inspect: 100
        case .finish: 50
        }
    }
}
