import Foundation
import RolloutEngine
import RolloutSimulator
import Testing

/// Prints figures where it is built for release; everywhere it pins what the figures rest on.
@Suite(.serialized) struct SpeedTests {
    @Test func `simulated rollouts of 50 hosts go through`() throws {
        let scenario = try Scenario(seed: 1, fleetSize: 50, isCalm: true)
        let trace = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) }
        let events = trace.records.compactMap { record -> Event? in
            if case .handled(let event) = record.fact { event } else { nil }
        }
        var n = 0
        let c = ContinuousClock()
        var t = c.measure { while n < 300 { n += 1; _ = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) } } }
        print("sim/s", 300 / (t / .seconds(1)), events.count)
        t = c.measure { n = 0; while n < 300 { n += 1; var e = RolloutEngine(plan: scenario.plan); for x in events { _ = e.handle(x, at: .zero) } } }
        print("engine/s", 300 / (t / .seconds(1)))
    }
}
