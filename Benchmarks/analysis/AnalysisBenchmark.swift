import Analysis
import CanarySimulator
import FleetModel
import Foundation

/// Prints how often comparisons are wrong where nothing is wrong, and how often they find what is.
@main struct AnalysisBenchmark {
    static let fleets = [(1, 5), (2, 5), (1, 10), (3, 10), (1, 50), (5, 50)]

    static func main() {
        let arguments = CommandLine.arguments.dropFirst().map(UInt64.init)
        guard arguments.count <= 2, !arguments.contains(nil) else {
            FileHandle.standardError.write(Data("usage: AnalysisBenchmark [CANARIES [SEED]]\n".utf8))
            exit(2)
        }
        let runs = Int(clamping: (arguments.first ?? nil) ?? 10_000)
        let seed = (arguments.count == 2 ? arguments[1] : nil) ?? 1
        printFalseAlarms(runs, seed, roundsBefore: 60)
        printFalseAlarms(runs, seed, roundsBefore: 15)
        printFalsePasses(runs, seed)
        printPower(runs, seed)
    }

    /// Nothing is tolerated: the hardest case, in which every difference above zero may fail.
    private static func printFalseAlarms(_ runs: Int, _ seed: UInt64, roundsBefore: Int) {
        print(
            "\nfailed, of \(runs) canaries without any effect (α = 5%, tolerance 0; \(roundsBefore) rounds before):\n")
        let columns = HostNoise.allCases.map(\.rawValue)
        printRow("hosts", columns)
        print("|" + String(repeating: " --- |", count: columns.count + 1))
        for (canary, baseline) in fleets {
            let rates = HostNoise.allCases.map { noise in
                let rules = ComparisonRules(tolerance: .absolute(0))
                let tally = CanarySimulation(
                    noise, canaryHosts: canary, baselineHosts: baseline, rules: rules, roundsBefore: roundsBefore
                ).run(runs, seed: seed)
                return percent(tally.rate(tally.failed))
            }
            printRow("\(canary) + \(baseline)", rates)
        }
    }

    /// The canary is worse by just what is not tolerated any more.
    private static func printFalsePasses(_ runs: Int, _ seed: UInt64) {
        print("\npassed, of \(runs) canaries that are worse by just the tolerance (α = 5%, tolerance 10%):\n")
        let noises = HostNoise.allCases.filter { $0 != .rareEvents }
        printRow("hosts", noises.map(\.rawValue))
        print("|" + String(repeating: " --- |", count: noises.count + 1))
        for (canary, baseline) in fleets {
            let rates = noises.map { noise in
                let rules = ComparisonRules(tolerance: .absolute(10))
                let tally = CanarySimulation(
                    noise, canaryHosts: canary, baselineHosts: baseline, rules: rules, effect: 10
                ).run(runs, seed: seed)
                return percent(tally.rate(tally.successful))
            }
            printRow("\(canary) + \(baseline)", rates)
        }
    }

    /// Host effects, whose spread is 5.3 % of the level; 10 % is tolerated.
    private static func printPower(_ runs: Int, _ seed: UInt64) {
        let effects = [0.0, 5, 10, 15, 20, 30, 40, 60]
        print("\nsuccessful / failed / inconclusive in percent, after so many of 60 rounds on average, by effect in")
        print("percent of the level (host effects; tolerance 10%):\n")
        printRow("hosts", effects.map { "+\(Int($0))%" })
        print("|" + String(repeating: " --- |", count: effects.count + 1))
        for (canary, baseline) in fleets {
            let cells = effects.map { effect in
                let tally = CanarySimulation(
                    .hostEffects, canaryHosts: canary, baselineHosts: baseline, rules: ComparisonRules(),
                    effect: effect
                ).run(runs / 5, seed: seed)
                let rates = [tally.successful, tally.failed, tally.inconclusive].map { whole(tally.rate($0)) }
                return rates.joined(separator: "/") + " (\(tally.rounds / max(1, tally.total)))"
            }
            printRow("\(canary) + \(baseline)", cells)
        }
    }

    private static func printRow(_ head: String, _ cells: [String]) {
        print("| \(head) | " + cells.joined(separator: " | ") + " |")
    }

    private static func percent(_ rate: Double) -> String { String(format: "%.1f%%", rate * 100) }

    private static func whole(_ rate: Double) -> String { String(format: "%.0f", rate * 100) }
}
