import FleetModel
import RolloutEngine
import RolloutSpec
import Testing

@testable import RolloutDriver

/// From the text of a specification to the plan's steps, on four hosts.
@Suite struct StrategyTranslationTests {
    private let names = ["a", "b", "c", "d"]

    private func spec(_ lines: String) throws -> RolloutSpec {
        let text = "service: shop\nartifact: app\n" + lines
        return try RolloutSpec(text: text, file: "rollout.yaml")
    }

    private func named() throws -> NamedHosts {
        var named = NamedHosts()
        named.patterns = [
            "one": try ["a", "b"].map(host), "two": try ["c", "d"].map(host), "spares": [try host("d")],
        ]
        return named
    }

    private func host(_ name: String) throws -> HostName { try #require(HostName(name)) }

    /// One word a step. `idle`: hosts without traffic; nil: there are no balancers.
    private func outline(_ lines: String, idle: String? = "", isRollback: Bool = false) throws -> [String] {
        let strategy = Strategy(try spec(lines).strategy, try named())
        let old = try #require(Digest(hex: String(repeating: "1", count: 64)))
        let hosts = try names.enumerated().map { number, name in
            PlannedHost(
                name: try host(name), current: "1.0", currentDigest: old, isSick: false,
                domains: ["rack": "r\(number / 2)"])
        }
        var request = PlanRequest(
            rollout: try #require(RolloutID("r1")), service: try #require(ServiceName("shop")),
            release: try #require(ReleaseID("2.0")),
            digest: try #require(Digest(hex: String(repeating: "2", count: 64))),
            hosts: hosts, strategy: isRollback ? strategy.withoutTrials : strategy)
        request.traffic = try idle.map { try traffic(idle: $0) }
        let plan = try request.plan()
        #expect(PlanChecker.violations(in: plan).isEmpty)
        return plan.steps.map { step in
            switch step {
            case .change(let batch): "change " + plan.batches[batch].map(\.text).joined()
            case .restore: "restore"
            case .shiftTraffic(let next): next == plan.traffic?.initial ? "initial" : "shift"
            case .pause(let duration): "pause \(duration?.spoken ?? "for promote")"
            case .analyse(let name): "analyse \(name)"
            case .runSchemaHook(let hook, _): hook.rawValue
            case .retire(let hosts): "retire " + hosts.map(\.text).joined()
            }
        }
    }

    private func traffic(idle: String) throws -> TrafficPlan {
        let members = try names.map { TrafficMember(name: $0, host: try host($0), address: "192.0.2.1", port: 80) }
        let weights = names.map { ($0, idle.contains($0) ? 0 : 100) }
        return TrafficPlan(
            balancers: [try host("lb")], members: members,
            initial: TrafficAllocation(weights: Dictionary(uniqueKeysWithValues: weights)))
    }

    private static let traffic = "\ntraffic: {haproxy: {hosts: lb, backend: shop}, port: 80}"

    @Test func `rolling keeps its racks, pauses and order`() throws {
        let lines = """
            strategy:
              rolling: {stages: [4], max_unavailable: 2, spread_by: rack, order: reverse, pause_between: 30s}
            """
        #expect(try outline(lines, idle: nil) == ["change dc", "pause 30s", "change ba"])
        #expect(try outline(lines, idle: nil, isRollback: true) == ["change dc", "change ba"])
    }

    @Test func `rolling with spares has them in the traffic meanwhile`() throws {
        let lines = "strategy: {rolling: {stages: [3], surge: spares}}" + Self.traffic
        #expect(try outline(lines, idle: "d") == ["change d", "shift", "change abc", "initial"])
    }

    @Test func `recreate takes all at once`() throws {
        #expect(try outline("strategy: recreate", idle: nil) == ["change abcd"])
    }

    private static let canary =
        """
        strategy:
          canary:
            steps: [{set_canary: 1}, {set_weight: 5}, {pause: {duration: 5m}}, {analysis: errors}]
            auto_promote: false
            stages: [100%]
        analyses: {errors: {metric: {agent: restarts}, success: '<= 0'}}
        """ + traffic

    @Test func `a canary's steps come in their order, and the way back is rolling`() throws {
        #expect(
            try outline(Self.canary) == [
                "change a", "shift", "pause 5m", "analyse errors", "pause for promote", "initial", "change bcd",
            ])
        #expect(try outline(Self.canary, isRollback: true) == ["change abcd"])
    }

    @Test func `an a/b test is held, and the way back is rolling`() throws {
        let lines = "strategy: {a_b: {hosts: 1, weight: 20, stages: [100%]}}" + Self.traffic
        #expect(try outline(lines) == ["change a", "shift", "pause for promote", "initial", "change bcd"])
        #expect(try outline(lines, isRollback: true) == ["change abcd"])
    }

    @Test func `blue-green verifies, switches and stops the old side; the way back only switches`() throws {
        let lines =
            """
            strategy:
              blue_green:
                groups: {blue: one, green: two}
                analyses: [errors]
                after_switch: [errors]
                auto_promote: false
                scale_down_delay: 1m
            analyses: {errors: {metric: {agent: restarts}, success: '<= 0'}}
            """ + Self.traffic
        #expect(
            try outline(lines, idle: "cd") == [
                "change cd", "analyse errors", "pause for promote", "shift", "analyse errors", "pause 1m", "retire ab",
            ])
        #expect(try outline(lines, idle: "ab", isRollback: true) == ["change ab", "shift", "pause 1m", "retire cd"])
    }
}
