import FleetModel
import RolloutEngine

/// The rollouts whose transcripts are kept in Golden/.
struct Scenario: Sendable {
    let name: String
    let scripts: [ScriptedRollout]

    static let all: [Scenario] = [
        Scenario("good-6", hostCount: 6),
        Scenario("good-200", hostCount: 200, stages: [.count(1), .percent(25)]),
        Scenario("sick-batch-6", hostCount: 6) { operation, host in
            operation == .watch && ["h2", "h3"].contains(host.text) ? sick : nil
        },
        Scenario("sick-batch-200", hostCount: 200, stages: [.count(1), .percent(25)]) { operation, host in
            operation == .watch && ["h77", "h80", "h95"].contains(host.text) ? sick : nil
        },
        Scenario("within-budget-6", hostCount: 6, budget: .count(1)) { operation, host in
            operation == .watch && host.text == "h2" ? sick : nil
        },
        Scenario("within-budget-200", hostCount: 200, stages: [.count(1), .percent(25)], budget: .percent(5)) {
            operation, host in operation == .stage && host.text.hasSuffix("7") && host.text.count == 3 ? full : nil
        },
        Scenario("paused-6", hostCount: 6, onFailure: .pause) { operation, host in
            operation == .watch && host.text == "h2" ? sick : nil
        },
        interrupted,
        Scenario("first-install-3", hostCount: 3, current: nil) { operation, host in
            operation == .watch && host.text == "h2" ? sick : nil
        },
        Scenario("mixed-6", hostCount: 6) { operation, host in
            switch (operation, host.text) {
            case (.watch, "h3"): sick
            case (.revert, "h2"): HostFailure(.service, "shop.service did not start within 1m30s", output: "exit 1")
            case (.inspect, "h1"): HostFailure(.unreachable, "no answer within 30s")
            default: nil
            }
        },
        Scenario("staging-fails-3", hostCount: 3) { operation, host in
            operation == .stage && host.text == "h2" ? full : nil
        },
        hooks, pausedByPerson, offline, canary, failedAnalysis, inconclusiveAnalysis, blueGreen, skipped, window,
        failedSchema,
    ]

    /// Hostile as a host may be: tabs, wide characters, marks without a letter, long lines.
    static let sick = HostFailure(
        .unhealthy, "checks/health.sh: exit 1 for 20s",
        output: "GET /healthz\n\tHTTP/1.1 500\t資料庫連線失敗 \u{301}\u{302}e\u{301}\n"
            + String(repeating: "stack ", count: 40)
    )
    static let full = HostFailure(.staging, "no space left on /opt/shop: 12.0 MB needed, 3.1 MB free")

    private static let interrupted: Scenario = {
        let plan = Self.plan(hostCount: 6)
        return Scenario(
            name: "interrupted-and-resumed-6",
            scripts: [
                ScriptedRollout(plan: plan, requests: [(at: 7000, .interrupt)]),
                ScriptedRollout(plan: plan),
            ])
    }()

    private static let pausedByPerson = Scenario(
        name: "paused-by-person-6",
        scripts: [
            ScriptedRollout(
                plan: plan(hostCount: 6), requests: [(at: 7000, .pause(reason: "db is slow")), (at: 60_000, .resume)])
        ])

    private static let offline: Scenario = {
        var plan = Self.plan(hostCount: 3)
        plan.hosts[2].isOffline = true
        plan.batches = plan.batches.map { $0.filter { $0 != plan.hosts[2].name } }.filter { !$0.isEmpty }
        plan.steps = plan.batches.indices.map { .change(batch: $0) }
        plan.policy.maximumUnavailable = 2
        return Scenario(name: "offline-3", scripts: [ScriptedRollout(plan: plan)])
    }()

    private static let hooks: Scenario = {
        var plan = Self.plan(hostCount: 3)
        plan.policy.hooks = Set(CoordinatorHook.allCases)
        let problem = "'/srv/hooks/measure.sh' ended with exited(3): error rate 4 %\nlimit 1 %"
        return Scenario(
            name: "hook-fails-3",
            scripts: [ScriptedRollout(plan: plan, hookProblem: { $0 == .afterBatch ? problem : nil })])
    }()

    init(name: String, scripts: [ScriptedRollout]) {
        self.name = name
        self.scripts = scripts
    }

    private init(
        _ name: String, hostCount: Int, stages: [Share] = [.count(1), .percent(50)], current: String? = "1.0.0",
        budget: Share = .count(0), onFailure: FailureResponse = .rollback,
        failure: @escaping ScriptedRollout.Answer = { _, _ in nil }
    ) {
        var plan = Self.plan(hostCount: hostCount, stages: stages, current: current)
        plan.policy.maximumFailures = FailureBudget(rollout: budget)
        plan.policy.onFailure = onFailure
        self.init(name: name, scripts: [ScriptedRollout(plan: plan, failure: failure)])
    }

    /// `h1`, `h2`, …; the last of six runs the release already.
    static func plan(
        hostCount: Int, stages: [Share] = [.count(1), .percent(50)], current: String? = "1.0.0",
        strategy: Strategy? = nil, change: (inout PlanRequest) -> Void = { _ in }
    ) -> RolloutPlan {
        let digest = digest("b")
        let hosts = (1...hostCount).compactMap { number in
            HostName("h\(number)").map { name in
                let isDone = hostCount == 6 && number == 6
                return PlannedHost(
                    name: name, current: isDone ? "1.1.0" : current,
                    currentDigest: isDone ? digest : current.map { _ in Self.digest("a") }, isSick: false)
            }
        }
        guard let rollout = RolloutID("shop-7"), let service = ServiceName("shop"), let release = ReleaseID("1.1.0")
        else { preconditionFailure("these are names") }
        let strategy = strategy ?? .rolling(Rolling(stages: stages, maximumUnavailable: .percent(50)))
        var request = PlanRequest(
            rollout: rollout, service: service, release: release, digest: digest, hosts: hosts, strategy: strategy)
        change(&request)
        do { return try request.plan() } catch { preconditionFailure(error.problem) }
    }

    private static func digest(_ digit: Character) -> Digest {
        guard let digest = Digest(hex: String(repeating: digit, count: 64)) else { preconditionFailure("64 digits") }
        return digest
    }
}
