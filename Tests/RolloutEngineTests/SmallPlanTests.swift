import FleetModel
import PlanCensus
import RolloutEngine
import Testing

/// Small fleets in racks and not, under many policies and every strategy. Complete up to three hosts; of four and five
/// a part, spread over all by a prime. `make plans` does all of them, and those of six.
@Suite struct SmallPlanTests {
    @Test(arguments: 0...5)
    func `every plan of a small fleet is certified, and every refusal's remedy works`(size: Int) {
        let part = [4: 61, 5: 601][size] ?? 1
        expectNoMistakes { examine in PlanCases.rolling(size, every(part, examine)) }
    }

    @Test(arguments: 1...6)
    func `every blue-green plan of small groups is certified`(size: Int) {
        expectNoMistakes { examine in PlanCases.blueGreen(size, every([5: 5, 6: 29][size] ?? 1, examine)) }
    }

    @Test(arguments: 2...6)
    func `every plan with spares is certified`(size: Int) {
        expectNoMistakes { examine in PlanCases.spares(size, every([5: 5, 6: 29][size] ?? 1, examine)) }
    }

    /// What ``SmallFleets`` rests on.
    @Test func `where hosts stand that do not change makes no difference`() throws {
        let rolling = try #require(PlanGallery.rollings.first { $0.domains.count == 2 })
        for kinds in PlanGallery.fleets(of: 4) {
            let hosts = PlanGallery.fleet(kinds, racks: 2)
            let moved = hosts.filter(changes) + hosts.filter { !changes($0) }
            for var strategy in PlanGallery.strategies(rolling).prefix(3) {
                if case .rolling(var rolling) = strategy {
                    rolling.order = .inventory
                    strategy = .rolling(rolling)
                } else if case .canary(var canary) = strategy {
                    canary.rest.order = .inventory
                    strategy = .canary(canary)
                }
                let plans = [hosts, moved].map { hosts in
                    try? PlanGallery.request(hosts, strategy, PlanGallery.traffic(hosts)).plan()
                }
                #expect(plans[0]?.steps == plans[1]?.steps)
                #expect(plans[0]?.batches == plans[1]?.batches)
            }
        }
    }

    private func changes(_ host: PlannedHost) -> Bool { !host.isOffline && !host.isAlready(PlanGallery.newDigest) }

    private func expectNoMistakes(_ visit: (@escaping (PlanRequest) -> Void) -> Void) {
        var examination = PlanExamination()
        visit { request in examination.examine(request) }
        #expect(examination.planned > 0)
        for mistake in examination.mistakes { Issue.record("\(mistake)") }
    }

    private func every(_ part: Int, _ examine: @escaping (PlanRequest) -> Void) -> (PlanRequest) -> Void {
        var number = 0
        return { request in
            number += 1
            if number.isMultiple(of: part) { examine(request) }
        }
    }
}
