import FleetModel
import RolloutEngine
import Testing

@Suite struct RollbackTests {
    @Test func `a rollback waits for a restoration as long as that may take`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.update("a")
        rollout.fail(.activate, "b")
        #expect(rollout.asked(.revert) == "ba")
        rollout.tell(.timerFired(.progress))
        #expect(rollout.asked(.inspect) == "")
        rollout.succeed(.revert, "ab")
        rollout.succeed(.watchReverted, "ab")
        #expect(rollout.asked(.inspect) == "ab")
    }

    @Test func `a rollback that has nothing left to restore ends at once`() {
        var rollout = Rehearsal(batches: ["ab"], unavailable: 1) { $0.maximumFailures.rollout = .count(1) }
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.fail(.revert, "a")
        #expect(rollout.engine.failureReason == "max_unavailable leaves no room to go on with b")
        #expect(rollout.asked(.inspect) == "ab")
    }
}
