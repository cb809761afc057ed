import Foundation
import PlanCensus
import RolloutEngine

/// Certifies the plans of all small fleets, and measures those of a large one. Exit status 1: a plan is wrong.
@main enum CertifyPlans {
    private static let workers = 2
    private static let maximumSize = 6

    static func main() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        var total = PlanExamination()
        for size in 0...maximumSize {
            let examination = await examine(size)
            total.add(examination)
            print("\(size) hosts: \(examination.planned) planned, \(examination.refused) refused")
            fflush(nil)
        }
        print("\(total.planned + total.refused) requests, \(total.mistakes.count) mistakes, in \(clock.now - start)")
        total.mistakes.forEach { print($0) }
        try LargeFleet.measure()
        if !total.mistakes.isEmpty { exit(1) }
    }

    /// Each worker takes its share of the requests, one after the other.
    private static func examine(_ size: Int) async -> PlanExamination {
        await withTaskGroup(of: PlanExamination.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var examination = PlanExamination()
                    var number = 0
                    let examine = { (request: PlanRequest) in
                        number += 1
                        if number % workers == worker { examination.examine(request) }
                    }
                    PlanCases.rolling(size, examine)
                    PlanCases.blueGreen(size, examine)
                    PlanCases.spares(size, examine)
                    return examination
                }
            }
            return await group.reduce(into: PlanExamination()) { $0.add($1) }
        }
    }
}
