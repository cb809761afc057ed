import FleetModel
import RolloutEngine
import Testing

@Suite struct ForwardTests {
    @Test func `every host is staged from the start, and only the first batch is activated`() {
        var rollout = Rehearsal(batches: ["ab", "cd"])
        rollout.tell(.rolloutStarted)
        #expect(rollout.asked(.stage) == "abcd")
        rollout.succeed(.stage, "c")
        #expect(rollout.asked(.activate) == "")
        rollout.succeed(.stage, "a")
        #expect(rollout.asked(.activate) == "a")
    }

    @Test func `the first batch must be healthy before the second starts`() {
        var rollout = Rehearsal(batches: ["ab", "c"])
        rollout.begin()
        rollout.update("a")
        rollout.succeed(.activate, "b")
        #expect(rollout.asked(.activate) == "")
        rollout.succeed(.watch, "b")
        #expect(rollout.asked(.activate) == "c")
    }

    @Test func `no more hosts of a batch than max_parallel are started and not yet healthy`() {
        var rollout = Rehearsal(batches: ["abc"]) { $0.maximumParallel = 2 }
        rollout.begin()
        #expect(rollout.phase("b") == .activating)
        #expect(rollout.phase("c") == .staged)
        rollout.update("b")
        #expect(rollout.asked(.activate) == "c")
    }

    @Test func `a failure within the budget is restored while the rollout goes on`() {
        var rollout = Rehearsal(batches: ["a", "b"]) { $0.maximumFailures.rollout = .count(1) }
        rollout.begin()
        rollout.fail(.activate, "a")
        #expect(rollout.asked(.revert) == "a")
        rollout.succeed(.revert, "a")
        rollout.succeed(.watchReverted, "a")
        #expect(rollout.asked(.activate) == "b")
        rollout.update("b")
        rollout.inspect(new: "b", old: "a")
        rollout.succeed(.finish, "ab")
        #expect(rollout.ending?.verdict == .completeWithDebt)
        #expect(rollout.ending?.hosts.map(\.state) == [.restored, .updated])
    }

    @Test(arguments: [(FailureResponse.pause, ""), (.rollback, "a")])
    func `a failure beyond the budget starts no further host`(response: FailureResponse, reverted: String) {
        var rollout = Rehearsal(batches: ["a", "b"]) { $0.onFailure = response }
        rollout.begin()
        rollout.succeed(.activate, "a")
        rollout.fail(.watch, "a", .unhealthy)
        #expect(rollout.asked(.activate) == "")
        #expect(rollout.asked(.revert) == reverted)
    }

    @Test func `the budget of a batch counts that batch's failures alone`() {
        var rollout = Rehearsal(batches: ["ab", "cd"]) {
            $0.maximumFailures = FailureBudget(batch: .percent(50), rollout: nil)
            $0.onFailure = .pause
        }
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.update("b")
        #expect(rollout.asked(.activate) == "cd")
        rollout.fail(.activate, "c")
        #expect(rollout.engine.hold == nil)
        rollout.fail(.activate, "d")
        #expect(rollout.suspension == .paused(reason: "a, c, d failed: it broke"))
    }

    @Test func `a rollout where every host says that it runs the release is complete`() {
        var rollout = Rehearsal(batches: ["a"])
        rollout.begin()
        rollout.update("a")
        #expect(rollout.asked(.inspect) == "a")
        rollout.inspect(new: "a")
        rollout.succeed(.finish, "a")
        #expect(rollout.ending?.verdict == .complete)
    }

    @Test func `a release that has died by the end is not called complete`() {
        var rollout = Rehearsal(batches: ["a"])
        rollout.begin()
        rollout.update("a")
        rollout.inspect(new: "a", isInService: false)
        rollout.succeed(.finish, "a")
        #expect(rollout.ending?.verdict == .mixed)
        #expect(rollout.ending?.hosts.first?.state == .broken)
    }

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

    @Test func `nothing is started where the before_rollout hook fails`() {
        var rollout = Rehearsal(batches: ["a"]) { $0.hooks = [.beforeRollout] }
        rollout.tell(.rolloutStarted)
        #expect(rollout.actions == [.runHook(.beforeRollout)])
        rollout.tell(.hookFinished(.beforeRollout, .failed("exit status 1")))
        rollout.inspect(old: "a")
        rollout.succeed(.finish, "a")
        #expect(rollout.ending?.verdict == .unchanged)
        #expect(rollout.ending?.reason == "the before_rollout hook failed: exit status 1")
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
