import FleetModel
import RolloutEngine
import Testing

@testable import Reporting

@Suite struct ResumeHintTests {
    @Test func `whoever resumes is told of the retry where hosts have failed`() throws {
        let plan = try #require(Scenario.all.first { $0.name == "paused-6" }?.scripts.first?.plan)
        let hint = ResumeHint(plan: plan, stateArgument: " --state s")
        let id = plan.rollout
        #expect(
            hint.line(failed: [])
                == "hint: coord resume \(id) --state s goes on; coord abort \(id) --state s rolls back")
        let failed = try (1...6).map { try #require(HostName("h\($0)")) }
        #expect(
            hint.line(failed: [failed[2]])
                == "hint: coord retry \(id) --state s tries h3 again; coord resume \(id) --state s goes on without it; "
                + "coord abort \(id) --state s rolls back")
        #expect(hint.line(failed: failed).contains("tries h1, h2, h3, h4, h5 and 1 more again"))
    }
}
