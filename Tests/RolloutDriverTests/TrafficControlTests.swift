import FleetModel
import RolloutEngine
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
        try await control.drain(name("a"))
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
        try await control.drain(name("b"))
        try await control.admit(name("a"), TrafficAllocation(weights: ["a": 40, "b": 60]))
        let state = try await balancer.read()
        #expect(state.members == ["a": MemberState(weight: 40), "b": MemberState(weight: 1, isDrained: true)])
    }

    @Test func `of a host's two instances only the one that is relieved is waited for`() throws {
        let members = try [("a-blue", 8081), ("a-green", 8082)].map { member, port in
            TrafficMember(name: member, host: try name("a"), address: "192.0.2.1", port: port)
        }
        let initial = TrafficAllocation(weights: ["a-blue": 0, "a-green": 100])
        let control = TrafficControl([], of: TrafficPlan(balancers: [], members: members, initial: initial))
        #expect(try control.ports(of: name("a")) == [8081, 8082])
        #expect(try control.formerPorts(of: name("a")) == [8082])
    }

    @Test func `balancers that can't be changed are all named`() async throws {
        let balancers = ["lb1", "lb2", "lb3"].map {
            MemoryBalancer($0, weights: ["a": 100, "b": 100], isBroken: $0 != "lb2")
        }
        let control = try control(balancers)
        let error = await #expect(throws: TrafficErrors.self) { try await control.drain(name("a")) }
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

    func read() throws(TrafficError) -> BalancerState { state }

    func write(_ wanted: BalancerState, over found: BalancerState) throws(TrafficError) {
        if isBroken { throw TrafficError(.refused, "no") }
        state = wanted
    }
}
