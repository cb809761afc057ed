import FleetModel
import RolloutEngine
import RolloutSimulator

/// What was played: how many runs had what in them.
struct SeedTally: Sendable {
    var runs = 0
    var broken: [(seed: UInt64, text: String)] = []
    private(set) var strategies: [String: Int] = [:]
    private(set) var features: [String: Int] = [:]
    private(set) var happenings: [String: Int] = [:]
    private(set) var endings: [String: Int] = [:]

    mutating func add(_ scenario: Scenario, _ trace: Trace) {
        runs += 1
        strategies[Self.strategy(of: scenario), default: 0] += 1
        for feature in Self.features(of: scenario) { features[feature, default: 0] += 1 }
        for name in Set(trace.records.compactMap { Self.happening($0.fact) }) { happenings[name, default: 0] += 1 }
        var ending = "none: left to a person"
        for case .did(.end(let last)) in trace.records.map(\.fact) { ending = last.verdict.rawValue }
        endings[ending, default: 0] += 1
    }

    mutating func add(_ other: SeedTally) {
        runs += other.runs
        broken += other.broken
        strategies.merge(other.strategies, uniquingKeysWith: +)
        features.merge(other.features, uniquingKeysWith: +)
        happenings.merge(other.happenings, uniquingKeysWith: +)
        endings.merge(other.endings, uniquingKeysWith: +)
    }

    var lines: [String] {
        [("strategies", strategies), ("with", features), ("befallen by", happenings), ("endings", endings)].map {
            let counts = $1.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            return "\($0): \(counts.joined(separator: ", "))"
        }
    }

    private static func strategy(of scenario: Scenario) -> String {
        switch scenario.request.strategy {
        case .blueGreen(let strategy):
            if case .instances = strategy.sides { return "blue_green of instances" }
            return "blue_green of groups"
        case .rolling(let rolling) where !rolling.spares.isEmpty: return "rolling with spares"
        case .rolling where scenario.plan.traffic?.retreat != nil: return "steps drawn at random"
        default: return scenario.plan.strategy.rawValue
        }
    }

    private static func features(of scenario: Scenario) -> [String] {
        let plan = scenario.plan
        let present: [(String, Bool)] = [
            ("balancers", plan.traffic != nil),
            ("promotion", plan.steps.contains(.pause(nil))),
            ("analysis", plan.steps.contains { if case .analyse = $0 { true } else { false } }),
            ("schema hooks", plan.steps.contains { if case .runSchemaHook = $0 { true } else { false } }),
            ("rehearsal", plan.steps.contains { if case .restore = $0 { true } else { false } }),
            ("retirement", plan.steps.contains { if case .retire = $0 { true } else { false } }),
            ("window", plan.policy.hasWindow), ("domains", !plan.policy.domains.isEmpty),
            ("irreversible", !plan.policy.isReversible), ("hooks", !plan.policy.hooks.isEmpty),
        ]
        return present.filter(\.1).map(\.0)
    }

    private static func happening(_ fact: Trace.Fact) -> String? {
        switch fact {
        case .crashed: "dead coordinator"
        case .wentDown: "lost host or link"
        case .died: "late death of the release"
        case .balanced(_, _, isRestarted: true): "restarted balancer"
        case .did(.suspend): "suspension"
        case .handled(let event): happening(event)
        default: nil
        }
    }

    private static func happening(_ event: Event) -> String? {
        switch event {
        case .operationFinished(let operation, _, .failed(let failure)):
            failure.kind == .timedOut || failure.kind == .unreachable ? "no answer" : "failed \(operation)"
        case .trafficShifted(_, .failed): "failed shift"
        case .analysed(_, _, .successful): nil
        case .analysed: "bad verdict"
        case .hookFinished(_, .failed), .schemaHookFinished(_, .failed): "failed hook"
        case .timerFired(.ask): "unanswered question"
        case .timerFired(.progress): "no progress"
        case .windowChanged(isOpen: false): "shut window"
        case .operatorAsked(let request, _): "word: \(request.verb)"
        default: nil
        }
    }
}
