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
}
