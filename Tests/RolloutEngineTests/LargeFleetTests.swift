import FleetModel
import RolloutEngine
import Testing

/// A walk over all hosts at each event would take minutes here.
@Suite struct LargeFleetTests {
    @Test(.timeLimit(.minutes(1))) func `an event of a large fleet costs what a small fleet's does`() throws {
        let ending = try #require(Self.ending(of: Fleet.request(Self.hosts(5000), .rolling(Rolling())).plan()))
        #expect(ending.verdict == .complete)
    }

    @Test(.timeLimit(.minutes(1))) func `so it does behind balancers, with a canary that is watched`() throws {
        let hosts = Self.hosts(5000)
        let members = hosts.map { host in
            TrafficMember(name: host.name.text, host: host.name, address: "192.0.2.1", port: 8080)
        }
        var request = Fleet.request(hosts, .canary(Canary(steps: [.setWeight(5), .analysis(AnalysisName("errors"))])))
        request.traffic = TrafficPlan(
            balancers: [Fleet.name("lb")], members: members,
            initial: TrafficAllocation(
                weights: Dictionary(members.map { ($0.name, 100) }, uniquingKeysWith: { first, _ in first })))
        let ending = try #require(Self.ending(of: request.plan()))
        #expect(ending.verdict == .complete && ending.traffic == .initial)
    }

    @Test(.timeLimit(.minutes(1))) func `so does its way back`() throws {
        let hosts = Self.hosts(20_000)
        let plan = try Fleet.request(hosts, .rolling(Rolling(stages: [.percent(1)]))).plan()
        let lastChanged = try #require(plan.batches.last?.last)
        let ending = try #require(Self.ending(of: plan, failing: lastChanged))
        #expect(ending.verdict == .unchanged)
        #expect(ending.hosts.count { $0.state == .restored } > hosts.count * 9 / 10)
    }

    private static func hosts(_ count: Int) -> [PlannedHost] {
        (0..<count).map { Fleet.host(Fleet.name("host-\($0)"), isSick: $0 % 100 == 0) }
    }

    /// Everything goes well, but what is started on that host.
    private static func ending(of plan: RolloutPlan, failing last: HostName? = nil) -> Ending? {
        var engine = RolloutEngine(plan: plan)
        var queue = engine.handle(.rolloutStarted, at: .zero)
        var next = 0
        while next < queue.count {
            if let answer = answer(to: queue[next], failing: last) { queue += engine.handle(answer, at: .zero) }
            next += 1
        }
        guard case .end(let ending) = queue.last else { return nil }
        return ending
    }

    private static func answer(to action: Action, failing last: HostName?) -> Event? {
        switch action {
        case .perform(.activate, let name, _, _) where name == last:
            return .operationFinished(.activate, on: name, .failed(HostFailure(.service, "no")))
        case .perform(.inspect, let name, _, _):
            let isNew = last == nil
            let seen = HostObservation(
                current: isNew ? Fleet.newPath : Fleet.oldPath,
                currentDigest: isNew ? Fleet.newDigest : Fleet.oldDigest,
                isInService: true)
            return .operationFinished(.inspect, on: name, .observed(seen))
        case .perform(let operation, let name, _, _): return .operationFinished(operation, on: name, .succeeded)
        case .shiftTraffic(_, let attempt): return .trafficShifted(attempt: attempt, .succeeded)
        case .analyse(let name, let attempt): return .analysed(name, attempt: attempt, .successful)
        default: return nil
        }
    }
}
