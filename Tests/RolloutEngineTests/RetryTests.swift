import FleetModel
import RolloutEngine
import Testing

@Suite struct RetryTests {
    /// Hosts `a`, then `b` and `c`, then `d`; `b` has failed, and the rollout is paused for it.
    private func paused() -> Rehearsal {
        var rollout = Rehearsal(batches: ["a", "bc", "d"]) { $0.onFailure = .pause }
        rollout.begin()
        rollout.update("a")
        rollout.fail(.activate, "b")
        rollout.update("c")
        return rollout
    }

    @Test func `the failed host alone is tried again, and then the next batch goes`() {
        var rollout = paused()
        #expect(rollout.suspension == .paused(reason: "b failed: it broke"))
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        #expect(rollout.actions.isEmpty)
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.activate) == "b")
        #expect(rollout.attempt(.activate) == 2)
        rollout.update("b")
        #expect(rollout.asked(.activate) == "d")
        #expect(rollout.attempt(.activate) == 1)
        rollout.update("d")
        rollout.inspect(new: "abcd")
        rollout.succeed(.finish, "abcd")
        #expect(rollout.ending?.verdict == .complete)
    }

    @Test func `a host that fails again pauses the rollout again`() {
        var rollout = paused()
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        rollout.tell(.rolloutResumed(by: "ann"))
        rollout.fail(.activate, "b")
        #expect(rollout.suspension == .paused(reason: "b failed: it broke"))
    }

    @Test func `resuming goes on without the failed host`() {
        var rollout = paused()
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.activate) == "d")
        #expect(rollout.phase("b") == .failed)
    }

    @Test func `a host of an earlier batch is retried before the next batch begins`() {
        var rollout = Rehearsal(batches: ["ab", "c", "d"]) {
            $0.maximumFailures.rollout = .count(1)
            $0.onFailure = .pause
            $0.hooks = [.afterBatch]
        }
        rollout.tell(.rolloutStarted)
        rollout.fail(.stage, "a", .staging)
        rollout.succeed(.stage, "bcd")
        rollout.update("b")
        rollout.tell(.hookFinished(.afterBatch, .succeeded))
        #expect(rollout.phase("c") == .activating)
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        #expect(rollout.asked(.stage) == "a")
        rollout.update("c")
        #expect(rollout.hooks == [])
        rollout.succeed(.stage, "a")
        #expect(rollout.asked(.activate) == "a")
        rollout.update("a")
        #expect(rollout.hooks == [.afterBatch])
        rollout.tell(.hookFinished(.afterBatch, .succeeded))
        #expect(rollout.hooks == [.afterBatch])
        rollout.tell(.hookFinished(.afterBatch, .succeeded))
        #expect(rollout.asked(.activate) == "d")
    }

    @Test func `a restored host is tried again from what it runs`() {
        var rollout = Rehearsal(batches: ["a", "b"]) { $0.maximumFailures.rollout = .count(1) }
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.succeed(.revert, "a")
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        #expect(rollout.actions.allSatisfy { if case .perform = $0 { false } else { true } }, "it is being restored")
        rollout.succeed(.watchReverted, "a")
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        #expect(rollout.asked(.activate) == "a")
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        rollout.fail(.activate, "a")
        #expect(rollout.asked(.revert) == "a")
        #expect(rollout.attempt(.revert) == 2)
    }

    @Test func `an abort restores a host that waits for another attempt`() {
        var rollout = Rehearsal(batches: ["ab"], unavailable: 1) {
            $0.maximumFailures.rollout = .count(1)
            $0.onFailure = .pause
            $0.maximumParallel = 1
        }
        rollout.begin()
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.fail(.activate, "a")
        #expect(rollout.waitReason == "paused by ann")
        rollout.tell(.operatorAsked(.interrupt, by: "ann"))
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.asked(.revert) == "a")
    }

    @Test func `a rollout that is rolling back retries nothing`() {
        var rollout = Rehearsal(batches: ["ab"])
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.tell(.operatorAsked(.retry, by: "ann"))
        #expect(rollout.actions.isEmpty)
    }

    @Test func `a rollout that goes on whatever fails, and brings the release to nobody, has failed`() {
        var rollout = Rehearsal(batches: ["ab"]) {
            $0.onFailure = .continue
            $0.maximumFailures.rollout = nil
        }
        rollout.tell(.rolloutStarted)
        rollout.fail(.stage, "a", .staging)
        rollout.fail(.stage, "b", .staging)
        rollout.inspect(old: "ab")
        rollout.succeed(.finish, "ab")
        #expect(rollout.ending?.verdict == .unchanged)
        #expect(rollout.ending?.reason == "no host took the release; a, b failed: it broke")
    }

    @Test(arguments: [true, false])
    func `the contract that is owed runs when all hosts run the release, retried or not`(isOtherUpdated: Bool) {
        let (a, b) = (Fleet.name("a"), Fleet.name("b"))
        var rollout = Rehearsal(
            RolloutPlan(
                rollout: Fleet.rollout, service: Fleet.service, release: Fleet.release, digest: Fleet.newDigest,
                strategy: .rolling, hosts: [Fleet.host(a), Fleet.host(b, isCurrent: isOtherUpdated)], batches: [[a]],
                steps: [.change(batch: 0), .runSchemaHook(.contract, on: b)],
                policy: RolloutPolicy(maximumParallel: 1, maximumUnavailable: 1)))
        rollout.begin()
        rollout.update("a")
        #expect(rollout.actions.contains(.runSchemaHook(.contract, on: b)) == isOtherUpdated)
        #expect(rollout.engine.isContractOwed != isOtherUpdated)
        #expect(rollout.engine.isContractDue)
        guard isOtherUpdated else { return }
        rollout.tell(.schemaHookFinished(.contract, .succeeded))
        #expect(!rollout.engine.isContractDue)
    }
}
