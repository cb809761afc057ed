import FleetModel
import RolloutEngine
import RolloutSpec
import Testing
import Traffic

@testable import RolloutDriver

@Suite struct TrafficControlTests {
    private func control(_ balancers: [MemoryBalancer]) throws -> TrafficControl {
        let members = try ["a", "b"].map {
            TrafficMember(name: $0, host: try name($0), address: "192.0.2.1", port: 8080)
        }
        let initial = TrafficAllocation(weights: ["a": 100, "b": 100])
        return TrafficControl(balancers, of: TrafficPlan(balancers: [], members: members, initial: initial))
    }

    @Test func `a host is drained on every balancer and admitted to what it had`() async throws {
        let balancers = ["lb1", "lb2"].map { MemoryBalancer($0, weights: ["a": 100, "b": 100]) }
        let control = try control(balancers)
        try await control.setAside(name("a"))
        for balancer in balancers { #expect(try await balancer.read().members["a"]?.isDrained == true) }
        try await control.admit(name("a"), TrafficAllocation(weights: ["a": 100, "b": 100]))
        for balancer in balancers {
            #expect(
                try await balancer.read().members == ["a": MemberState(weight: 100), "b": MemberState(weight: 100)])
        }
    }

    @Test func `a host that comes back gets its weight also where the balancer has forgotten it, and only its own`()
        async throws
    {
        let balancer = MemoryBalancer("lb1", weights: ["a": 1, "b": 1])
        let control = try control([balancer])
        try await control.setAside(name("b"))
        try await control.admit(name("a"), TrafficAllocation(weights: ["a": 40, "b": 60]))
        let state = try await balancer.read()
        #expect(state.members == ["a": MemberState(weight: 40), "b": MemberState(weight: 1, isDrained: true)])
    }

    @Test func `what one balancer has forgotten does not spread to the others with a host that comes back`()
        async throws
    {
        // b is the canary; lb2 was restarted and shares out by its configuration.
        let balancers = [
            MemoryBalancer("lb1", weights: ["a": 95, "b": 5]), MemoryBalancer("lb2", weights: ["a": 100, "b": 100]),
        ]
        let control = try control(balancers)
        try await control.setAside(name("a"))
        try await control.admit(name("a"), TrafficAllocation(weights: ["a": 95, "b": 5]))
        #expect(try await balancers[0].read().members == ["a": MemberState(weight: 95), "b": MemberState(weight: 5)])
        #expect(try await balancers[1].read().members == ["a": MemberState(weight: 95), "b": MemberState(weight: 100)])
    }

    @Test func `of two instances only the idle one is set aside and looked at, and the other when it is to be stopped`()
        async throws
    {
        let host = try name("a")
        let members = [("a-blue", UInt16(8081)), ("a-green", 8082)].map {
            TrafficMember(name: $0, host: host, address: "192.0.2.1", port: $1)
        }
        let initial = TrafficAllocation(weights: ["a-blue": 100, "a-green": 0])
        // As a balancer is that was restarted during the switch, and has forgotten who is idle.
        let balancer = MemoryBalancer("lb1", weights: ["a-blue": 100, "a-green": 100])
        let plan = TrafficPlan(balancers: [], members: members, initial: initial)
        let control = TrafficControl([balancer], of: plan, idle: [host])
        try await control.setAside(host)
        let state = try await balancer.read()
        #expect(state.members == ["a-blue": MemberState(weight: 100), "a-green": MemberState(weight: 0)])
        #expect(control.members(of: host, .changing).map(\.port) == [8082])
        #expect(control.members(of: host, .previous).map(\.port) == [8081])
        // A host of its own side has one instance, which is both.
        let sides = TrafficControl([balancer], of: plan)
        #expect(sides.members(of: host, .previous) == sides.members(of: host, .changing))
    }

    @Test func `a side that a restarted balancer still sends requests is relieved of them before it is stopped`()
        async throws
    {
        let balancers = [
            MemoryBalancer("lb1", weights: ["a": 0, "b": 100]), MemoryBalancer("lb2", weights: ["a": 100, "b": 0]),
        ]
        let control = try control(balancers)
        try await control.takeOver(from: name("a"), by: TrafficAllocation(weights: ["a": 0, "b": 100]))
        for balancer in balancers {
            #expect(
                try await balancer.read().members == ["a": MemberState(weight: 0), "b": MemberState(weight: 100)])
        }
    }

    @Test(arguments: [
        MemberState(weight: 0, isDrained: true), MemberState(weight: 0, condition: .maintenance),
    ])
    func `no share moves to what is idle while a person keeps it out`(kept: MemberState) async throws {
        let members = try ["a", "b"].map {
            TrafficMember(name: $0, host: try name($0), address: "192.0.2.1", port: 8080)
        }
        let initial = TrafficAllocation(weights: ["a": 100, "b": 0])
        let plan = TrafficPlan(balancers: [try name("lb1")], members: members, initial: initial)
        let found = BalancerState(members: ["a": MemberState(weight: 100), "b": kept])
        let balancer = MemoryBalancer("lb1", state: found)
        let control = TrafficControl([balancer], of: plan, idle: [try name("b")], settleTimeout: .zero)
        let error = await #expect(throws: TrafficErrors.self) {
            try await control.shift(to: TrafficAllocation(weights: ["a": 0, "b": 100]))
        }
        #expect(error?.description == "lb1: b is \(kept.closure ?? ""), and not by this rollout")
        #expect(try await balancer.read() == found)
        // The way back is nobody's to refuse.
        try await control.shift(to: initial)
    }

    @Test func `a plan that would lead traffic to whom a person keeps out is refused with the remedy`() throws {
        let hosts = try ["a", "b"].map {
            PlannedHost(name: try name($0), current: "1.0", currentDigest: Digest(hex: digits("1")), isSick: false)
        }
        let members = hosts.map {
            TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 8080)
        }
        let text = """
            service: shop
            artifact: app
            strategy: {blue_green: {groups: {blue: left, green: right}}}
            traffic: {haproxy: {hosts: loadbalancers, backend: shop}, port: 8080}
            """
        let settings = try #require(try RolloutSpec(text: text, file: "rollout.yaml").traffic)
        let traffic = TrafficPlan(
            balancers: [try name("lb1"), try name("lb2")], members: members,
            initial: TrafficAllocation(weights: ["a": 100, "b": 0]))
        let scene = try Scene { request in
            request.hosts = hosts
            request.strategy = .blueGreen(BlueGreen(.groups(blue: [hosts[0].name], green: [hosts[1].name])))
            request.traffic = traffic
        }
        var findings = TrafficSurvey.Findings(plan: traffic, notices: [], closures: ["a": "drained"])
        try findings.refuseClosed(by: scene.plan, behind: settings)
        findings.closures = ["b": "in maintenance"]
        let refusal = #expect(throws: PlanRefusal.self) {
            try findings.refuseClosed(by: scene.plan, behind: settings)
        }
        #expect(
            refusal?.problem
                == "b is in maintenance on lb1 and lb2, and would get nothing when the traffic is to go there")
        #expect(refusal?.hint.contains("'set server shop/b state ready'") == true)
    }

    @Test func `balancers that can't be changed are all named`() async throws {
        let balancers = ["lb1", "lb2", "lb3"].map {
            MemoryBalancer($0, weights: ["a": 100, "b": 100], isBroken: $0 != "lb2")
        }
        let control = try control(balancers)
        let error = await #expect(throws: TrafficErrors.self) { try await control.setAside(name("a")) }
        #expect(error?.byBalancer.keys.sorted() == ["lb1", "lb3"])
    }
}

/// Does what it is told, in memory.
actor MemoryBalancer: Balancer {
    nonisolated let name: String
    private let isBroken: Bool
    private var state: BalancerState

    init(_ name: String, weights: [String: Int], isBroken: Bool = false) {
        (self.name, self.isBroken) = (name, isBroken)
        state = BalancerState(members: weights.mapValues { MemberState(weight: $0) })
    }

    init(_ name: String, state: BalancerState) {
        (self.name, self.state, isBroken) = (name, state, false)
    }

    func read() throws(TrafficError) -> BalancerState { state }

    func write(_ wanted: BalancerState, over found: BalancerState) throws(TrafficError) {
        if isBroken { throw TrafficError(.refused, "no") }
        state = wanted
    }
}
