import FleetModel
import RolloutEngine
import Testing

@Suite struct ForwardTests {
    @Test func `a failing after_batch hook is run once where failures do not stop the rollout`() {
        var rollout = Rehearsal(batches: ["a", "b"]) {
            $0.hooks = [.afterBatch]
            $0.onFailure = .continue
        }
        rollout.begin()
        rollout.update("a")
        #expect(rollout.hooks == [.afterBatch])
        rollout.tell(.hookFinished(.afterBatch, .failed("exit status 1")))
        #expect(rollout.hooks == [])
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `a progress timer that was replaced is not heeded`() {
        var rollout = Rehearsal(batches: ["a"])
        rollout.begin()
        rollout.now = RolloutInstant(milliseconds: 300_000)
        rollout.succeed(.activate, "a")
        rollout.now = RolloutInstant(milliseconds: 600_000)
        rollout.tell(.timerFired(.progress))
        #expect(rollout.engine.failureReason == nil)
        rollout.now = RolloutInstant(milliseconds: 900_000)
        rollout.tell(.timerFired(.progress))
        #expect(rollout.engine.failureReason == "no host made progress for 10m")
    }
}
