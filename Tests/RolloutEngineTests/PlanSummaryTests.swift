import FleetModel
import Foundation
import PlanCensus
import RolloutEngine
import Testing

@Suite struct PlanSummaryTests {
    private func plan(_ hosts: Int, _ steps: [CanaryStep]) throws -> RolloutPlan {
        let fleet = PlanGallery.fleet(Array(repeating: "o", count: hosts))
        var request = Fleet.request(fleet, .canary(Canary(steps: steps)))
        request.traffic = PlanGallery.traffic(fleet)
        return try request.plan()
    }

    @Test func `a server that gets many times its usual share is warned of, and the remedy warns no more`() throws {
        let warnings = PlanSummary(of: try plan(10, [.setCanary(.count(1)), .setWeight(50)])).warnings
        #expect(warnings.map(\.problem) == ["a gets 5 times its usual share of the traffic in step 2"])
        #expect(
            warnings.map(\.hint)
                == ["for 50% of the traffic bring the release to 3 hosts, or give it less of the traffic"])
        #expect(PlanSummary(of: try plan(10, [.setCanary(.count(3)), .setWeight(50)])).warnings.isEmpty)
        #expect(PlanSummary(of: try plan(10, [.setWeight(20), .setWeight(30)])).warnings.isEmpty)
    }

    @Test func `a plan without a way back says so`() throws {
        var request = Fleet.request(PlanGallery.fleet("oo"), .rolling(Rolling()))
        request.isReversible = false
        let summary = PlanSummary(of: try request.plan())
        #expect(summary.rollback.isEmpty)
        #expect(summary.warnings.map(\.step) == [nil])
    }

    @Test func `spares leave the traffic on the way back when the others are restored, and go back last`() throws {
        let hosts = PlanGallery.fleet("oooo")
        let rolling = Rolling(stages: [.count(2)], maximumUnavailable: .count(1), spares: [Fleet.name("d")])
        var request = Fleet.request(hosts, .rolling(rolling))
        request.traffic = PlanGallery.traffic(hosts, idle: [Fleet.name("d")])
        let back = PlanSummary(of: try request.plan()).rollback
        #expect(back.map(\.action) == ["restore", "restore", "shift_traffic", "restore"])
        #expect(back.map { $0.hosts.map(\.text).joined() } == ["c", "ba", "", "d"])
        #expect(back[2].shares?["d"] == 0)
    }

    @Test func `durations in a plan's JSON are text, and read back`() throws {
        var request = Fleet.request(PlanGallery.fleet("oo"), .rolling(Rolling(pauseBetween: .seconds(90))))
        request.traffic = PlanGallery.traffic(request.hosts)
        request.onFailure = .ask(timeout: .seconds(900), then: .rollback)
        let plan = try request.plan()
        let text = try JSONEncoder().encode(plan)
        let object = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let policy = try #require(object["policy"] as? [String: Any])
        #expect(policy["healthyDeadline"] as? String == "5m")
        #expect((policy["onFailure"] as? [String: Any])?["ask"] as? String == "15m")
        #expect((object["traffic"] as? [String: Any])?["drainTimeout"] as? String == "30s")
        #expect(try JSONDecoder().decode(RolloutPlan.self, from: text) == plan)
    }

    @Test func `what the serving instances run counts as a live version`() throws {
        let hosts = PlanGallery.fleet("oo")
        var request = Fleet.request(hosts, .blueGreen(BlueGreen(.instances(blue: 8081, green: 8082))))
        request.traffic = PlanGallery.instances(hosts)
        request.maximumLiveVersions = 2
        let (newer, older) = (LiveRelease("1.4.1", digest: nil), LiveRelease("1.4.0", digest: nil))
        request.servingReleases = [hosts[0].name: newer, hosts[1].name: older]
        let refusal = #expect(throws: PlanRefusal.self) { try request.plan() }
        #expect(refusal?.problem.contains("1.4.0 on b, and 1.4.1 on a makes 3 releases at once") == true)
        request.servingReleases = [hosts[0].name: newer, hosts[1].name: newer]
        #expect(try request.plan().batches.count == 1)
    }
}
