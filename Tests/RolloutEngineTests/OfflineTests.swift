import FleetModel
import RolloutEngine
import Testing

@Suite struct OfflineTests {
    private func request(_ count: Int, offline: Int, allowed: Share) -> PlanRequest {
        let hosts = "abcdefgh".prefix(count).enumerated().map { index, letter in
            var host = Fleet.host(Fleet.name(String(letter)))
            host.isOffline = index < offline
            return host
        }
        return Fleet.request(hosts, .rolling(Rolling(stages: [.percent(100)], maximumUnavailable: allowed)))
    }

    @Test func `a host that can't be reached is left out, and counts as out of service`() throws {
        let plan = try request(4, offline: 1, allowed: .count(2)).plan()
        #expect(plan.changedHosts.map(\.text) == ["b", "c", "d"])
        #expect(plan.offlineHosts.map(\.text) == ["a"])
        var rollout = Rehearsal(plan)
        #expect(rollout.engine.unavailableCount == 1)
        rollout.begin()
        #expect(rollout.engine.hosts.count { $0.phase == .activating } == 1)
    }

    @Test func `a promise that hosts out of reach have used up is refused`() {
        let refusal = #expect(throws: PlanRefusal.self) { try request(4, offline: 2, allowed: .percent(50)).plan() }
        #expect(
            refusal?.problem
                == "2 of 4 hosts may be out of service, and 2 can't be reached, so none can be updated")
    }

    @Test func `the promise is about the whole group, also where one host is selected`() throws {
        var request = request(1, offline: 0, allowed: .percent(25))
        #expect(throws: PlanRefusal.self) { try request.plan() }
        request.groupSize = 8
        #expect(try request.plan().policy.maximumUnavailable == 2)
    }
}
