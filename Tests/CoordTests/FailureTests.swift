import FleetModel
import RolloutDriver
import RolloutEngine
import RolloutStore
import Testing

@testable import Coord

@Suite struct FailureTests {
    @Test func `every problem is printed, once for all hosts that have it, with its remedy`() throws {
        let hosts = try ["a", "b", "c"].map { try #require(HostName($0)) }
        let failure = Failure([
            HostProblem(hosts[0], "no agent", hint: "install it"), HostProblem(hosts[1], "no disk", hint: "free some"),
            HostProblem(hosts[2], "no agent", hint: "install it"),
        ])
        #expect(
            failure.lines() == [
                "error: a,c (2 hosts): no agent", "hint: install it", "error: b: no disk", "hint: free some",
            ])
        #expect(failure.status == .failedUnchanged)
    }

    @Test func `what is quoted from outside can't steer the terminal`() {
        let failure = Failure("no group 'w\u{1B}[31meb'", hint: "rename 'w\u{1B}]0;x\u{7}eb'", status: .usage)
        #expect(failure.lines() == ["error: no group 'w[31meb'", "hint: rename 'w]0;xeb'"])
    }

    @Test func `what is wrong with a text has its place, and means wrong usage`() {
        let place = SourceLocation(file: "rollout.yaml", line: 3, column: 7)
        let failure = Failure(PreparationError.spec(Diagnostics([Diagnostic("bad", at: place, hint: "do better")])))
        #expect(failure.lines() == ["error: rollout.yaml:3:7: bad", "hint: do better"])
        #expect(failure.status == .usage)
    }

    @Test(arguments: [
        (Ending.Verdict.complete, Int32(0)), (.unchanged, 1), (.completeWithDebt, 4), (.mixed, 6),
    ])
    func `each verdict has its exit status`(verdict: Ending.Verdict, code: Int32) {
        #expect(ExitStatus(verdict).rawValue == code)
    }

    @Test func `a lost lease and a held lock mean that another rollout is at work`() throws {
        let rollout = try #require(RolloutID("r1"))
        #expect(Failure(StoreError.leaseLost(rollout)).status == .held)
        #expect(Failure(StoreError.ended(rollout)).status == .usage)
        #expect(Failure(StoreError.unknownRollout(rollout)).status == .usage)
        #expect(Failure(StoreError.database(path: "p", problem: "?")).status == .failedUnchanged)
        #expect(Failure(DriverError.malformedJob("?")).status == .failedUnchanged)
    }
}
