import FleetModel
import Foundation
import RolloutEngine
import RolloutSpec
import Testing

@testable import RolloutDriver

/// Rollouts behind balancers, with schema hooks and windows, as far as the driver's loop goes.
@Suite struct TrafficRolloutTests {
    private func behindBalancers(_ request: inout PlanRequest) {
        let members = request.hosts.map {
            TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 8080)
        }
        request.traffic = TrafficPlan(
            balancers: [], members: members, initial: TrafficAllocation(weights: ["a": 100, "b": 100]))
    }

    @Test func `hosts leave the traffic before they change and come back after, between the schema's hooks`()
        async throws
    {
        let scene = try Scene {
            behindBalancers(&$0)
            $0.schema = SchemaPlan(host: $0.hosts[0].name, hooks: [.expand, .contract])
        }
        let fleet = ScriptedFleet(scene.plan)
        let result = try await scene.driver(fleet, scene.create()).run(after: [], beginning: [.rolloutStarted])
        #expect(result.ending?.verdict == .complete)
        let ofA = fleet.performed.filter { $0.host.text == "a" }.map(\.operation)
        #expect(ofA.starts(with: [.stage, .drain, .activate, .watch, .admit]))
        #expect(fleet.schemaHooks == [.expand, .contract])
        #expect(fleet.releases == 1)
    }

    @Test func `a canary's traffic is shifted by steps and ends as it began`() async throws {
        let scene = try Scene {
            behindBalancers(&$0)
            let rest = Rolling(stages: [.count(1)], maximumUnavailable: .count(1))
            $0.strategy = .canary(Canary(steps: [.setCanary(.count(1)), .setWeight(20)], rest: rest))
        }
        let fleet = ScriptedFleet(scene.plan)
        let result = try await scene.driver(fleet, scene.create()).run(after: [], beginning: [.rolloutStarted])
        #expect(result.ending?.verdict == .complete)
        #expect(fleet.shifts.first?.share(of: ["a"]) == 0.2)
        #expect(fleet.shifts.last == scene.plan.traffic?.initial)
    }

    @Test func `a coordinator that died while a host was drained has the drain verified anew`() async throws {
        let scene = try Scene(behindBalancers)
        let drain = try step(.drain, "a")
        let fleet = ScriptedFleet(scene.plan, [drain: .never])
        let driver = scene.driver(fleet, try scene.create())
        async let first = driver.run(after: [], beginning: [.rolloutStarted])
        await fleet.whenAsked(drain)
        driver.ask(.interrupt, by: "ann@laptop")
        guard case .suspended = try await first else {
            Issue.record("it was not suspended")
            return
        }
        #expect(fleet.releases == 0)
        fleet.forget(drain)
        #expect(try await scene.resume(fleet).ending?.verdict == .complete)
        #expect(fleet.asked.count { $0 == drain } >= 2)
    }

    @Test func `no host is started outside of the allowed hours`() async throws {
        let scene = try Scene { $0.hasWindow = true }
        // A minute that is half a day away.
        let there = Date() + 43_200
        let minute = Int(there.timeIntervalSince1970 / 60) % 1440
        let clock = { (minute: Int) in String(format: "%02d:%02d", minute / 60 % 24, minute % 60) }
        let window = try MaintenanceWindow("\(clock(minute))-\(clock(minute + 1)) UTC")
        let fleet = ScriptedFleet(scene.plan)
        var job = scene.job()
        job.schedule = try JSONDecoder().decode(
            MaintenanceSchedule.self, from: JSONEncoder().encode(["windows": [window]]))
        let driver = RolloutDriver(
            job: job, lease: try scene.create(), store: scene.store, fleet: fleet, observer: scene.observer)
        async let result = driver.run(after: [], beginning: [.rolloutStarted])
        for host in ["a", "b"] { await fleet.whenAsked(try step(.stage, host)) }
        driver.ask(.abort, by: "ann@laptop")
        #expect(try await result.ending?.verdict == .unchanged)
        #expect(scene.observer.events.first == .windowChanged(isOpen: false))
        #expect(!fleet.asked.contains { $0.operation == .activate })
    }
}
