import FleetModel
import Reporting
import RolloutEngine
import RolloutSimulator

/// Many runs of one plan, each with other faults.
struct SimulatedRuns: Encodable {
    /// How many runs ended how.
    struct Outcomes: Encodable {
        var complete = 0
        var completeWithDebt = 0
        var rolledBack = 0
        var mixed = 0
        var waiting = 0
        var stuck = 0
    }

    struct BrokenPromise: Encodable {
        var seed: UInt64
        var promise: String
    }

    var event = "simulated_runs"
    var runs = 0
    var outcomes = Outcomes()
    var hosts = 0
    /// That serve at the worst moment of the worst run.
    var fewestServing = Int.max
    /// Its seed.
    var worstSeed: UInt64 = 0
    /// One a run at most.
    var brokenPromises: [BrokenPromise] = []

    init(count: Int, from first: UInt64, request: PlanRequest, plan: RolloutPlan, promotion: Duration?) {
        for number in 0..<count {
            let seed = first &+ UInt64(number)
            add(Scenario(drawnFrom: seed, request: request, plan: plan, promotion: promotion).run(), seed)
        }
    }

    private mutating func add(_ summary: RunSummary, _ seed: UInt64) {
        runs += 1
        let level = summary.capacity.group
        hosts = level.hosts
        if level.fewest < fewestServing { (fewestServing, worstSeed) = (level.fewest, seed) }
        if let first = summary.violations.first {
            brokenPromises.append(BrokenPromise(seed: seed, promise: first.description))
        }
        switch summary.result {
        case .ended(let ending): count(ending.verdict)
        case .waits: outcomes.waiting += 1
        case .stuck: outcomes.stuck += 1
        }
    }

    private mutating func count(_ verdict: Ending.Verdict) {
        switch verdict {
        case .complete: outcomes.complete += 1
        case .completeWithDebt: outcomes.completeWithDebt += 1
        case .unchanged: outcomes.rolledBack += 1
        case .mixed: outcomes.mixed += 1
        }
    }

    func print(_ output: OutputOptions, on terminal: Terminal) -> ExitStatus {
        if output.json { terminal.print(jsonLine) } else { lines.forEach(terminal.print) }
        return brokenPromises.isEmpty ? .complete : .failedUnchanged
    }

    var lines: [String] {
        let parts = [
            (outcomes.complete, "complete"), (outcomes.completeWithDebt, "complete with debt"),
            (outcomes.rolledBack, "rolled back or never begun"), (outcomes.mixed, "left mixed"),
            (outcomes.waiting, "waiting for a person"), (outcomes.stuck, "stuck"),
        ]
        let ends = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let broken = brokenPromises.prefix(Self.maximumListed).map { "  seed \($0.seed): \($0.promise)" }
        return [
            "in \(counted(runs, "run")): \(counted(brokenPromises.count, "broken promise"))",
            "worst capacity: \(fewestServing) of \(counted(hosts, "host")) serve, in the run of seed \(worstSeed)",
            "endings: \(ends)",
        ] + broken
    }

    private static let maximumListed = 10
}
