import FleetModel
import RolloutEngine
import Testing

@Suite struct CapacityTests {
    @Test func `a host that has gone before its turn counts as out of service`() {
        var rollout = Rehearsal(batches: ["abc"], unavailable: 2) { $0.maximumFailures.rollout = .count(1) }
        rollout.tell(.rolloutStarted)
        rollout.fail(.stage, "c", .unreachable)
        rollout.succeed(.stage, "a")
        #expect(rollout.asked(.activate) == "a")
        rollout.succeed(.stage, "b")
        #expect(rollout.asked(.activate) == "")
        rollout.update("a")
        #expect(rollout.asked(.activate) == "b")
    }
}
