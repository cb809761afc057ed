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

    @Test func `a rollout without room to go on pauses at once where failures do not roll it back`() {
        var rollout = Rehearsal(batches: ["ab"], unavailable: 1) {
            $0.onFailure = .continue
            $0.maximumFailures.rollout = .count(1)
        }
        rollout.begin()
        rollout.fail(.activate, "a")
        #expect(rollout.suspension == .paused(reason: "max_unavailable leaves no room to go on with b"))
        rollout.tell(.rolloutResumed(by: "ann"))
        #expect(rollout.suspension == .paused(reason: "max_unavailable leaves no room to go on with b"))
    }
}
