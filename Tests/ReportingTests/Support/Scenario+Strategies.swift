import FleetModel
import RolloutEngine

/// What the strategies have beside batches: steps, traffic, gates, hours.
extension Scenario {
    /// 5 % of the requests, promoted out of its pause, then by hand before the rest.
    static let canary = Scenario(
        name: "canary-6",
        scripts: [
            ScriptedRollout(
                plan: canaryPlan, requests: [(at: 30_000, .promote), (at: 120_000, .promote), (at: 121_000, .promote)],
                notes: [(at: 126_000, "3 connections still open after 30s and will be cut", on: HostName("h2"))])
        ])

    /// Traffic goes back before the hosts do; the first try of that fails.
    static let failedAnalysis = Scenario(
        name: "analysis-fails-6",
        scripts: [
            ScriptedRollout(
                plan: canaryPlan, verdict: { _ in .failed("error rate 0.08, not < 0.01") },
                shiftProblem: { $0 == 3 ? "lb2: no answer within 5s" : nil })
        ])

    static let inconclusiveAnalysis = Scenario(
        name: "analysis-inconclusive-6",
        scripts: [
            ScriptedRollout(
                plan: canaryPlan, requests: [(at: 400_000, .retry), (at: 500_000, .abort)],
                verdict: { _ in .inconclusive("error rate 0.02, neither < 0.01 nor > 0.05") })
        ])

    /// Two groups of hosts, of which blue takes the traffic.
    static let blueGreen = Scenario(
        name: "blue-green-6",
        scripts: [
            ScriptedRollout(
                plan: plan(
                    hostCount: 7,
                    strategy: .blueGreen(
                        BlueGreen(
                            .groups(blue: hosts(1...4), green: hosts(5...7)), analyses: [AnalysisName("errors")],
                            hasPreview: true, promotesItself: false, scaleDownDelay: .seconds(30)))
                ) { $0.traffic = traffic(hosts(1...7), serving: hosts(1...4)) },
                requests: [(at: 120_000, .promote)])
        ])

    /// A sick host is asked about, and skipped; the contract hook is owed then.
    static let skipped: Scenario = {
        var plan = Self.plan(hostCount: 6) { request in
            request.schema = HostName("db1").map { SchemaPlan(host: $0, hooks: [.expand, .contract]) }
            request.rehearsesRollback = true
        }
        plan.policy.onFailure = .ask(timeout: .seconds(900), then: .rollback)
        let requests: [(at: Int64, OperatorRequest)] = HostName("h2").map { [(at: 60_000, .skip($0))] } ?? []
        return Scenario(
            name: "skipped-6",
            scripts: [
                ScriptedRollout(
                    plan: plan, requests: requests,
                    failure: { operation, host in operation == .watch && host.text == "h2" ? sick : nil })
            ])
    }()

    static let failedSchema = Scenario(
        name: "schema-fails-3",
        scripts: [
            ScriptedRollout(
                plan: plan(hostCount: 3) { request in
                    request.schema = HostName("db1").map { SchemaPlan(host: $0, hooks: [.expand]) }
                },
                schemaProblem: { _ in "db/expand.sh: exit 1" })
        ])

    /// It begins outside the allowed hours.
    static let window = Scenario(
        name: "window-6",
        scripts: [
            ScriptedRollout(
                plan: plan(hostCount: 6) { request in
                    request.hasWindow = true
                    request.isReversible = false
                    request.onFailure = .pause
                },
                requests: [(at: 7_205_000, .abort)],
                events: [
                    (at: 0, .windowChanged(isOpen: false)), (at: 7_200_000, .windowChanged(isOpen: true)),
                    (at: 7_204_000, .windowChanged(isOpen: false)),
                ],
                notes: [(at: 0, "hosts may be started from 2026-11-24 09:00 Europe/Berlin", on: nil)])
        ])

    private static let canaryPlan = plan(
        hostCount: 6,
        strategy: .canary(
            Canary(
                steps: [
                    .setCanary(.count(1)), .setWeight(5), .pause(.seconds(300)), .analysis(AnalysisName("errors")),
                ], promotesItself: false, rest: Rolling(stages: [.percent(50)], maximumUnavailable: .percent(50))))
    ) { $0.traffic = traffic(hosts(1...6), serving: hosts(1...6)) }

    private static func hosts(_ numbers: ClosedRange<Int>) -> [HostName] { numbers.compactMap { HostName("h\($0)") } }

    private static func traffic(_ hosts: [HostName], serving: [HostName]) -> TrafficPlan {
        let weights = hosts.map { ($0.text, serving.contains($0) ? 100 : 0) }
        return TrafficPlan(
            balancers: ["lb1", "lb2"].compactMap(HostName.init),
            members: hosts.map { TrafficMember(name: $0.text, host: $0, address: "192.0.2.1", port: 8080) },
            initial: TrafficAllocation(weights: Dictionary(weights, uniquingKeysWith: { first, _ in first })))
    }
}
