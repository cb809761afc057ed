import RolloutEngine
import Testing

@Suite struct SuspensionTests {
    @Test func `an abort of a suspended rollout waits until somebody resumes it`() {
        var rollout = Rehearsal(batches: ["a", "b"]) { $0.hooks = [.onFailure] }
        rollout.begin()
        rollout.tell(.operatorAsked(.pause, by: "ann"))
        rollout.update("a")
        #expect(rollout.suspension == .paused(reason: "paused by ann"))
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        #expect(rollout.actions.isEmpty)
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.revert) == "a")
        #expect(rollout.hooks == [.onFailure])
    }

    @Test func `a rollout paused while a hook runs starts no host when the hook is done`() {
        var rollout = Rehearsal(batches: ["a", "b"]) { $0.hooks = [.afterBatch] }
        rollout.begin()
        rollout.update("a")
        rollout.tell(.operatorAsked(.pause, by: "ann"))
        rollout.tell(.hookFinished(.afterBatch, .succeeded))
        #expect(rollout.asked(.activate) == "")
        #expect(rollout.suspension == .paused(reason: "paused by ann"))
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `a failure during an interruption is answered on resuming`() {
        var rollout = Rehearsal(batches: ["ab"]) {
            $0.maximumParallel = 1
            $0.onFailure = .pause
        }
        rollout.begin()
        rollout.tell(.operatorAsked(.interrupt, by: "ann"))
        rollout.fail(.activate, "a")
        #expect(rollout.suspension == .interrupted)
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.activate) == "")
        #expect(rollout.suspension == .paused(reason: "a failed: it broke"))
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.activate) == "b")
    }
}
