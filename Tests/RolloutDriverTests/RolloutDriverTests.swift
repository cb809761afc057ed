import FleetModel
import RolloutEngine
import RolloutStore
import Testing

@testable import RolloutDriver

@Suite struct RolloutDriverTests {
    @Test func `a good rollout ends complete, and the store says so`() async throws {
        let scene = try Scene()
        let fleet = ScriptedFleet(scene.plan)
        let result = try await scene.driver(fleet, scene.create()).run(after: [], beginning: [.rolloutStarted])
        #expect(result.ending?.verdict == .complete)
        #expect(try scene.store.rollout(scene.plan.rollout).ending == result.ending)
        #expect(
            try fleet.performed.filter { $0.operation == .activate } == [step(.activate, "a"), step(.activate, "b")])
        #expect(fleet.closings == 1)
        #expect(try scene.store.journal(of: scene.plan.rollout).map(\.event) == scene.observer.events)
    }

    @Test(arguments: [false, true])
    func `a coordinator that dies at any append is taken over, and nothing is done twice`(isSick: Bool) async throws {
        // How many answers share an append differs from run to run, so each way of dying goes on until it is too late.
        for death in [FailingStore.Death.beforeAppend, FailingStore.Death.afterAppend] {
            var deaths = 0
            while try await dies(death(deaths + 1), isSick: isSick) { deaths += 1 }
            // An append a round trip at the least: start, stage, activate, watch, inspect, finish.
            #expect(deaths >= 6)
        }
    }

    /// False where the rollout came to its end before the coordinator's death.
    private func dies(_ death: FailingStore.Death, isSick: Bool) async throws -> Bool {
        let scene = try Scene()
        let script = isSick ? [try step(.watch, "b"): ScriptedFleet.Answer.fails(HostFailure(.unhealthy, "no"))] : [:]
        let fleet = ScriptedFleet(scene.plan, script)
        let store = FailingStore(scene.store, dying: death)
        let driver = scene.driver(fleet, try scene.create(), store: store)
        do {
            _ = try await driver.run(after: [], beginning: [.rolloutStarted])
            return store.isDead
        } catch { #expect(error == .store(FailingStore.failure)) }
        scene.advance(by: 16)
        let ending = try await scene.resume(fleet).ending
        #expect(ending?.verdict == (isSick ? .unchanged : .complete))
        #expect(Set(fleet.performed).count == fleet.performed.count)
        let activations = fleet.performed.filter { $0.operation == .activate }
        #expect(activations == [try step(.activate, "a"), try step(.activate, "b")])
        return true
    }

    @Test func `what could not be journalled never reaches the engine`() async throws {
        let scene = try Scene()
        let store = FailingStore(scene.store, dying: .beforeAppend(3))
        await #expect(throws: DriverError.store(FailingStore.failure)) {
            try await scene.driver(ScriptedFleet(scene.plan), scene.create(), store: store)
                .run(after: [], beginning: [.rolloutStarted])
        }
        #expect(try scene.store.journal(of: scene.plan.rollout).map(\.event) == scene.observer.events)
    }

    @Test func `an ending that was decided but not recorded is recorded on resuming, and no host is asked`()
        async throws
    {
        let scene = try Scene()
        let fleet = ScriptedFleet(scene.plan)
        let store = FailingStore(scene.store, dying: .beforeEnd)
        await #expect(throws: DriverError.store(FailingStore.failure)) {
            try await scene.driver(fleet, scene.create(), store: store).run(after: [], beginning: [.rolloutStarted])
        }
        let asked = fleet.asked
        scene.advance(by: 16)
        #expect(try await scene.resume(fleet).ending?.verdict == .complete)
        #expect(fleet.asked == asked)
        #expect(try scene.store.rollout(scene.plan.rollout).endedAt != nil)
    }

    @Test func `an interrupted rollout gives its lease back and goes on elsewhere at once`() async throws {
        let scene = try Scene()
        let watch = try step(.watch, "a")
        let fleet = ScriptedFleet(scene.plan, [watch: .never])
        let driver = scene.driver(fleet, try scene.create())
        async let running = driver.run(after: [], beginning: [.rolloutStarted])
        await fleet.whenAsked(watch)
        driver.ask(.interrupt, by: "ann@laptop")
        guard case .suspended(.interrupted) = try await running else { return #expect(Bool(false), "not suspended") }
        #expect(try scene.store.rollout(scene.plan.rollout).lease == nil)
        #expect(fleet.cancelled == [watch])
        fleet.forget(watch)
        #expect(try await scene.resume(fleet).ending?.verdict == .complete)
    }

    @Test func `a coordinator whose rollout was taken over does nothing more`() async throws {
        let scene = try Scene()
        let watch = try step(.watch, "a")
        let fleet = ScriptedFleet(scene.plan, [watch: .never])
        let driver = scene.driver(fleet, try scene.create())
        async let running = driver.run(after: [], beginning: [.rolloutStarted])
        await fleet.whenAsked(watch)
        scene.advance(by: 16)
        let other = try scene.store.takeOver(scene.plan.rollout, for: "bob@ci", epochAbove: 0)
        let asked = fleet.asked
        driver.ask(.abort, by: "ann@laptop")
        guard case .superseded = try await running else { return #expect(Bool(false), "went on") }
        #expect(fleet.asked == asked)
        #expect(try scene.store.rollout(scene.plan.rollout).lease?.holder == "bob@ci")
        try scene.store.renew(other)
    }

    @Test func `a host that obeys another coordinator ends the driving`() async throws {
        let scene = try Scene()
        let fleet = ScriptedFleet(scene.plan, [try step(.activate, "a"): .superseded])
        let result = try await scene.driver(fleet, scene.create()).run(after: [], beginning: [.rolloutStarted])
        guard case .superseded(let problem) = result else { return #expect(Bool(false), "went on") }
        #expect(problem.contains("bob@ci"))
        #expect(!fleet.performed.contains { $0.operation == .activate })
        #expect(try scene.store.rollout(scene.plan.rollout).lease == nil)
    }

    @Test func `an abort from another terminal cancels what is under way and restores`() async throws {
        let scene = try Scene()
        let watch = try step(.watch, "a")
        let fleet = ScriptedFleet(scene.plan, [watch: .never])
        let driver = scene.driver(fleet, try scene.create())
        async let running = driver.run(after: [], beginning: [.rolloutStarted])
        await fleet.whenAsked(watch)
        _ = try scene.store.ask(.abort, of: scene.plan.rollout, by: "bob@ci")
        let ending = try await running.ending
        #expect(ending?.verdict == .unchanged)
        #expect(ending?.reason == "aborted by bob@ci")
        #expect(fleet.cancelled == [watch])
        #expect(try fleet.performed.contains(step(.revert, "a")))
    }

    @Test func `a rollout without progress fails when its timer fires`() async throws {
        let scene = try Scene { $0.progressDeadline = .milliseconds(200) }
        let fleet = ScriptedFleet(scene.plan, [try step(.stage, "a"): .never])
        let result = try await scene.driver(fleet, scene.create()).run(after: [], beginning: [.rolloutStarted])
        #expect(result.ending?.verdict == .unchanged)
        #expect(result.ending?.reason == "no host made progress for 200ms")
    }

    @Test func `a rollout paused from another terminal waits under its lease, and goes on when told to`() async throws {
        let scene = try Scene()
        let fleet = ScriptedFleet(scene.plan)
        let driver = scene.driver(fleet, try scene.create())
        _ = try scene.store.ask(.pause(reason: "lunch"), of: scene.plan.rollout, by: "bob@ci")
        async let running = driver.run(after: [], beginning: [.rolloutStarted])
        while !scene.observer.isWaiting { await Task.yield() }
        #expect(!fleet.performed.contains { $0.operation == .activate })
        #expect(try scene.store.rollout(scene.plan.rollout).lease != nil)
        _ = try scene.store.ask(.resume, of: scene.plan.rollout, by: "eve@ci")
        #expect(try await running.ending?.verdict == .complete)
        let asked = scene.observer.events.filter { if case .operatorAsked = $0 { true } else { false } }
        #expect(
            asked == [
                .operatorAsked(.pause(reason: "lunch"), by: "bob@ci"), .operatorAsked(.resume, by: "eve@ci"),
            ])
    }

    @Test(arguments: [false, true])
    func `a request acts once, whether its coordinator dies before or after the write`(isDurable: Bool) async throws {
        let scene = try Scene()
        let fleet = ScriptedFleet(scene.plan)
        let lease = try scene.create()
        _ = try scene.store.ask(.abort, of: scene.plan.rollout, by: "bob@ci")
        let store = FailingStore(scene.store, dying: isDurable ? .afterAppend(1) : .beforeAppend(1))
        await #expect(throws: DriverError.store(FailingStore.failure)) {
            try await scene.driver(fleet, lease, store: store).run(after: [], beginning: [.rolloutStarted])
        }
        #expect(try scene.store.waitingRequests(of: scene.plan.rollout).isEmpty == isDurable)
        scene.advance(by: 16)
        #expect(try await scene.resume(fleet).ending?.verdict == .unchanged)
        let events = try scene.store.journal(of: scene.plan.rollout).map(\.event)
        #expect(events.count { $0 == .operatorAsked(.abort, by: "bob@ci") } == 1)
        #expect(!fleet.performed.contains { $0.operation == .activate })
    }
}
