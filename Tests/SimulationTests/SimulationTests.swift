import FleetModel
import RolloutEngine
import RolloutSimulator
import Testing

@Suite struct SimulationTests {
    @Test(arguments: Seeds.shards)
    func `every promise holds in every seeded run`(seeds: [UInt64]) {
        var runs = 0
        for seed in seeds {
            guard let scenario = try? Scenario(seed: seed) else { continue }
            runs += 1
            let trace = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) }
            if Seeds.isReplay { print(trace.text(lastLines: .max)) }
            if let violation = PromiseChecker.violations(in: trace, of: scenario).first {
                report(violation, seed, trace)
            }
        }
        #expect(Seeds.isReplay || runs * 10 > seeds.count * 8, "most fleets admit a plan")
    }

    @Test func `a coordinator may die at every write of its journal`() throws {
        let seeds = Seeds.all.prefix(400).filter { $0 % 20 == 0 }
        for seed in seeds {
            guard var scenario = try? Scenario(seed: seed, fleetSize: 5) else { continue }
            scenario.crashes = [:]
            let writes = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) }.eventCount
            for write in 0..<writes {
                for moment in Scenario.CrashMoment.allCases {
                    scenario.crashes = [write: moment]
                    let trace = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) }
                    let violation = PromiseChecker.violations(in: trace, of: scenario).first
                    #expect(violation == nil, "seed \(seed), fleet of 5, \(moment) \(write)\n\(trace.text())")
                }
            }
        }
    }

    @Test func `the same seed makes the same run`() throws {
        let traces = try (1...2).map { _ in
            Simulation.trace(of: try Scenario(seed: 20)) { RolloutEngine(plan: $0) }.text(lastLines: .max)
        }
        #expect(traces[0] == traces[1])
    }

    @Test func `rollouts end in every way that there is`() {
        var verdicts: Set<Ending.Verdict> = []
        var states: Set<HostEnding.State> = []
        var facts: Set<String> = []
        for seed in UInt64(1)...300 {
            guard let scenario = try? Scenario(seed: seed) else { continue }
            for record in Simulation.trace(of: scenario, makeDecider: { RolloutEngine(plan: $0) }).records {
                switch record.fact {
                case .did(.end(let ending)):
                    verdicts.insert(ending.verdict)
                    states.formUnion(ending.hosts.map(\.state))
                case .did(.suspend): facts.insert("suspended")
                case .did(.wait): facts.insert("waited")
                case .did(.perform(.watch, _, attempt: 2, _)): facts.insert("retried")
                case .crashed: facts.insert("crashed")
                case .wentDown: facts.insert("down")
                case .died: facts.insert("died")
                default: break
                }
            }
        }
        #expect(verdicts == [.complete, .completeWithDebt, .unchanged, .mixed])
        #expect(states == [.updated, .current, .untouched, .offline, .restored, .broken, .unknown, .kept, .retired])
        #expect(facts == ["suspended", "waited", "retried", "crashed", "down", "died"])
    }

    private func report(_ violation: Violation, _ seed: UInt64, _ trace: Trace) {
        Issue.record(
            """
            \(violation)
            replay with: SIM_SEED=\(seed) swift test --filter SimulationTests
            \(trace.text(lastLines: 20))
            """
        )
    }
}
