import RolloutEngine
import RolloutSimulator
import Testing

@Suite struct SimulationTests {
    @Test func `every promise holds in every seeded run`() {
        var runs = 0
        for seed in Seeds.all {
            guard let scenario = try? Scenario(seed: seed) else { continue }
            runs += 1
            let trace = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) }
            let violations = PromiseChecker.violations(in: trace, of: scenario)
            if let first = violations.first {
                Issue.record(
                    """
                    \(first)
                    replay with: SIM_SEED=\(seed) swift test --filter SimulationTests
                    """)
            }
            if Seeds.isReplay { print(trace.text(lastLines: .max)) }
        }
    }
}
