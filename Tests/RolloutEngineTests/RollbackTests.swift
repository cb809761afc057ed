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

    @Test func `a rollback takes hosts in service in reverse, and no more at once than the promise allows`() {
        var rollout = Rehearsal(batches: ["a", "b", "c"], unavailable: 1)
        rollout.begin()
        rollout.update("a")
        rollout.update("b")
        rollout.fail(.activate, "c")
        #expect(rollout.asked(.revert) == "c")
        rollout.succeed(.revert, "c")
        #expect(rollout.asked(.revert) == "")
        rollout.succeed(.watchReverted, "c")
        #expect(rollout.asked(.revert) == "b")
    }

    @Test func `a host in the middle of its activation is restored when that has ended`() {
        var rollout = Rehearsal(batches: ["a"])
        rollout.begin()
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        #expect(rollout.asked(.revert) == "")
        rollout.succeed(.activate, "a")
        #expect(rollout.asked(.revert) == "a")
    }

    @Test func `a host that cannot be restored is named`() {
        var rollout = Rehearsal(batches: ["ab"]) { $0.maximumParallel = 1 }
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.fail(.revert, "a")
        rollout.inspect(old: "b")
        rollout.fail(.inspect, "a", .unreachable)
        rollout.succeed(.finish, "ab")
        #expect(rollout.ending?.verdict == .mixed)
        #expect(rollout.ending?.hosts.map(\.state) == [.unknown, .untouched])
    }

    @Test func `an answer to an operation that was superseded is ignored`() {
        var rollout = Rehearsal(batches: ["a"])
        rollout.begin()
        rollout.succeed(.activate, "a")
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        #expect(rollout.asked(.revert) == "a")
        rollout.succeed(.watch, "a")
        #expect(rollout.phase("a") == .reverting)
    }
}
