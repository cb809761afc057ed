import FleetModel
import RolloutEngine
import Testing

@Suite struct SuspensionTests {
    @Test func `an abort of a suspended rollout waits until somebody resumes it`() {
        var rollout = Rehearsal(batches: ["a", "b"]) { $0.hooks = [.onFailure] }
        rollout.begin()
        rollout.tell(.operatorAsked(.interrupt, by: "ann"))
        rollout.succeed(.activate, "a")
        #expect(rollout.suspension == .interrupted)
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
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.tell(.hookFinished(.afterBatch, .succeeded))
        #expect(rollout.asked(.activate) == "")
        #expect(rollout.waitReason == "paused by ann")
        rollout.tell(.operatorAsked(.resume, by: "bob"))
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

    @Test func `an interrupted rollout resumes where it was`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.tell(.operatorAsked(.interrupt, by: "ann"))
        #expect(rollout.suspension == nil)
        rollout.succeed(.activate, "a")
        #expect(rollout.suspension == .interrupted)
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.watch) == "a")
        rollout.succeed(.watch, "a")
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `a pause waits for the verdict on what was started`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.succeed(.activate, "a")
        #expect(rollout.waitReason == nil)
        rollout.succeed(.watch, "a")
        #expect(rollout.waitReason == "paused by ann")
    }

    @Test func `after a crash all that was not answered is asked for again, and nothing else`() {
        var rollout = Rehearsal(batches: ["ab"]) { $0.maximumParallel = 1 }
        rollout.begin()
        rollout.update("a")
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.activate) == "b")
        #expect(rollout.actions.count == 2, "and the progress timer")
    }

    @Test func `a pause survives a crash, and an interruption does not`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.tell(.operatorAsked(.interrupt, by: "ann"))
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.engine.hold == nil)
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.engine.hold == .paused(reason: "paused by ann"))
    }

    @Test func `a paused rollout goes on where it was, and nothing is asked for twice`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.tell(.rolloutStarted)
        rollout.succeed(.stage, "a")
        rollout.tell(.operatorAsked(.pause(reason: "lunch"), by: "ann"))
        rollout.update("a")
        #expect(rollout.waitReason == "paused by ann: lunch")
        #expect(rollout.engine.isWaiting && !rollout.engine.isSuspended)
        rollout.tell(.operatorAsked(.resume, by: "bob"))
        #expect(rollout.asked(.stage) == "")
        rollout.succeed(.stage, "b")
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `a pause that is taken back before it is reached never was`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.tell(.operatorAsked(.resume, by: "ann"))
        rollout.update("a")
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `a coordinator that is told to leave while it waits leaves the rollout paused`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.update("a")
        rollout.tell(.operatorAsked(.interrupt, by: "ann"))
        #expect(rollout.suspension == .paused(reason: "paused by ann"))
        rollout.tell(.rolloutResumed(by: "bob"))
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `whoever pauses has not thereby seen the failures`() {
        var rollout = Rehearsal(batches: ["ab", "c"]) { $0.maximumFailures.rollout = .count(1) }
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.succeed(.revert, "a")
        rollout.succeed(.watchReverted, "a")
        rollout.fail(.activate, "b")
        #expect(rollout.waitReason == "paused by ann")
        rollout.tell(.operatorAsked(.resume, by: "ann"))
        #expect(rollout.engine.failureReason == "a, b failed: it broke")
        #expect(rollout.asked(.revert) == "b")
    }

    @Test func `a rollout whose coordinator died while it waited still waits`() {
        var rollout = Rehearsal(batches: ["a", "b"])
        rollout.begin()
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.update("a")
        rollout.tell(.rolloutResumed(by: "bob"))
        #expect(rollout.waitReason == "paused by ann")
        rollout.tell(.operatorAsked(.resume, by: "bob"))
        #expect(rollout.asked(.activate) == "b")
    }
}
