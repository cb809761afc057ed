import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import Testing

@testable import RolloutDriver

@Suite struct RetryPreparationTests {
    /// Of hosts `a` and `b`, with every kind of step; what they run now.
    private func retry(
        of hosts: String..., running releases: String..., isContractDue: Bool
    ) async throws -> PreparedRollout {
        let host = try name("a")
        var job = try Scene().job()
        job.plan.steps = [
            .runSchemaHook(.expand, on: host), .change(batch: 0), .analyse(AnalysisName("errors")), .pause(nil),
            .change(batch: 1), .runSchemaHook(.contract, on: host),
        ]
        var agents: [HostName: HostAgent] = [:]
        for (endpoint, release) in zip(job.endpoints, releases) {
            var report = HostReport()
            (report.current, report.currentDigest) = (release, digits("\(release.prefix(1))"))
            report.unitState = "active"
            (report.diskTotalBytes, report.diskFreeBytes) = (1 << 30, 1 << 30)
            agents[endpoint.name] = HostAgent(
                endpoint: endpoint, connector: RemoteHost(isReachable: true, report: report), coordinatorVersion: "1",
                jitter: { 0 })
        }
        let preparation = RetryPreparation(
            job: job, retrying: try hosts.map(name), isContractDue: isContractDue, agents: agents)
        let prepared = try await preparation.rollout(#require(RolloutID("r2")))
        for agent in agents.values { await agent.close() }
        return prepared
    }

    @Test(arguments: [true, false])
    func `the hosts that failed go on, and the contract that is due runs in the end`(isContractDue: Bool) async throws {
        let prepared = try await retry(of: "b", running: "2.0", "1.0", isContractDue: isContractDue)
        let contract = PlanStep.runSchemaHook(.contract, on: try name("a"))
        #expect(prepared.job.plan.steps == [.change(batch: 0)] + (isContractDue ? [contract] : []))
        #expect(prepared.job.plan.changedHosts == [try name("b")])
        #expect(PlanChecker.violations(in: prepared.job.plan).isEmpty)
        #expect(prepared.notices.isEmpty)
    }

    @Test func `a contract that failed is all that is left where every host runs the release`() async throws {
        let plan = try await retry(running: "2.0", "2.0", isContractDue: true).job.plan
        #expect(plan.steps == [.runSchemaHook(.contract, on: try name("a"))])
        #expect(PlanChecker.violations(in: plan).isEmpty)
    }

    @Test func `a contract stays owed while a host that is not retried runs the old release`() async throws {
        let prepared = try await retry(of: "b", running: "1.0", "1.0", isContractDue: true)
        #expect(prepared.job.plan.steps == [.change(batch: 0)])
        #expect(
            prepared.notices == [
                "the schema's contract stays owed: a may run the old release; when that is mended: coord retry r1"
            ])
    }
}
