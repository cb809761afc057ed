import FleetModel
import RolloutEngine
import Testing

@Suite struct LargeFleetTests {
    /// A walk over all hosts at each event would take minutes here.
    @Test(.timeLimit(.minutes(1))) func `an event of a large fleet costs what a small fleet's does`() throws {
        let hosts = (0..<5000).map { Fleet.host(Fleet.name("host-\($0)"), isSick: $0 % 100 == 0) }
        let plan = try Fleet.request(hosts, .rolling(Rolling())).plan()
        var engine = RolloutEngine(plan: plan)
        var queue = engine.handle(.rolloutStarted, at: .zero)
        var next = 0
        while next < queue.count {
            if case .perform(let operation, let name, _, _) = queue[next] {
                let seen = HostObservation(current: Fleet.newPath, currentDigest: Fleet.newDigest, isInService: true)
                let outcome = operation == .inspect ? OperationOutcome.observed(seen) : .succeeded
                queue += engine.handle(.operationFinished(operation, on: name, outcome), at: .zero)
            }
            next += 1
        }
        guard case .end(let ending) = queue.last else { return #expect(Bool(false), "it has not ended") }
        #expect(ending.verdict == .complete)
    }
}
