import FleetModel
import Foundation
import RolloutEngine
import RolloutSimulator

/// Runs that many seeds on all cores, and prints each one in which a promise was broken. Exits with 1 where there is
/// one.
@main struct SeedRuns {
    static func main() async {
        let count = CommandLine.arguments.dropFirst().first.map(UInt64.init) ?? 3000
        guard let count, count > 0 else {
            FileHandle.standardError.write(Data("usage: SeedRuns [SEEDS]\n".utf8))
            exit(2)
        }
        let cores = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
        let start = ContinuousClock.now
        var total = SeedTally()
        await withTaskGroup(of: SeedTally.self) { group in
            for first in 1...cores { group.addTask { run(stride(from: first, through: count, by: Int(cores))) } }
            for await tally in group { total.add(tally) }
        }
        for line in total.broken.sorted(by: { $0.seed < $1.seed }) {
            print("\(line.text)\n  replay with: SIM_SEED=\(line.seed) swift test --filter SimulationTests")
        }
        total.lines.forEach { print($0) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "\(count) seeds, \(total.runs) of them rollouts, \(total.broken.count) with a broken promise; "
                + "\(Int(seconds.rounded())) s")
        exit(total.broken.isEmpty ? 0 : 1)
    }

    private static func run(_ seeds: StrideThrough<UInt64>) -> SeedTally {
        var tally = SeedTally()
        for seed in seeds {
            // Some fleets admit no plan.
            guard let scenario = try? Scenario(seed: seed) else { continue }
            let trace = Simulation.trace(of: scenario) { RolloutEngine(plan: $0) }
            tally.add(scenario, trace)
            if let violation = PromiseChecker.violations(in: trace, of: scenario).first {
                tally.broken.append((seed, "\(violation)"))
            }
        }
        return tally
    }
}
