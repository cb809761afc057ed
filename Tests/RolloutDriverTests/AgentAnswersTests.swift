import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import Testing

@testable import RolloutDriver

@Suite struct AgentAnswersTests {
    @Test(arguments: [
        (StepResult.Ending.artifactUnusable, HostFailure.Kind.staging), (.archiveRefused, .staging),
        (.outOfSpace, .staging), (.releaseMissing, .staging), (.hookFailed, .hook), (.serviceFailed, .service),
        (.unhealthy, .unhealthy), (.timedOut, .timedOut), (.interrupted, .interrupted), (.internalError, .other),
    ])
    func `each way a step ends is told as what it means`(ending: StepResult.Ending, kind: HostFailure.Kind) {
        let result = StepResult(ending: ending, problem: "why", output: Array("last".utf8))
        #expect(OperationOutcome(result) == .failed(HostFailure(kind, "why", output: "last")))
    }

    @Test func `a step that succeeded has no failure, whatever it says`() {
        #expect(OperationOutcome(StepResult(ending: .succeeded, problem: "?")) == .succeeded)
    }

    @Test(arguments: [
        (AgentError.unreachable(HostAccessError(.connectionLost, "gone")), HostFailure.Kind.unreachable),
        (.agentMissing, .unreachable), (.agentNotRunning, .unreachable),
        (.timedOut("step stage"), .timedOut), (.refused(Refusal(reason: .busy, problem: "busy")), .refused),
        (.protocolViolation("?"), .other), (.artifactUnreadable("?"), .other), (.cancelled, .other),
    ])
    func `each reason why an agent did nothing is told as what it means`(error: AgentError, kind: HostFailure.Kind) {
        #expect(HostFailure(error).kind == kind)
    }

    @Test func `only a refusal by another rollout is a takeover`() {
        for reason in [Refusal.Reason.staleEpoch, .held] {
            #expect(AgentError.refused(Refusal(reason: reason, problem: "")).takeover != nil)
        }
        for reason in [Refusal.Reason.version, .invalid, .busy, .internalError] {
            #expect(AgentError.refused(Refusal(reason: reason, problem: "")).takeover == nil)
        }
        #expect(AgentError.agentMissing.takeover == nil)
    }

    @Test func `what comes from a host is printable and bounded`() {
        let hostile = "\u{1B}[2J\u{7}\u{202E}evil" + String(repeating: "x", count: 100_000)
        let result = StepResult(ending: .unhealthy, problem: hostile, output: Array(hostile.utf8))
        guard case .failed(let failure) = OperationOutcome(result) else { return #expect(Bool(false)) }
        for text in [failure.problem, failure.output] {
            #expect(text.utf8.count <= 4096)
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        }
        var report = HostReport()
        report.current = "1.0\u{1B}[31m"
        #expect(HostObservation(report).current == "1.0[31m")
    }

    @Test func `a host is in service where its unit is active and no check fails`() {
        var report = HostReport()
        report.unitState = "active"
        #expect(report.isInService)
        report.health = .unhealthy
        #expect(!report.isInService)
        report.health = .healthy
        report.unitState = "failed"
        #expect(!report.isInService)
    }
}
