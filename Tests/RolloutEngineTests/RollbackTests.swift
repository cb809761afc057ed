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
}
