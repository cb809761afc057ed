import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import Testing

@testable import RolloutDriver

@Suite struct RetryPreparationTests {
    @Test(arguments: [true, false])
    func `the hosts that failed go on, and the contract that is due runs in the end`(isContractDue: Bool) async throws {
        let scene = try Scene()
        let host = try name("a")
        var job = scene.job()
        job.plan.steps = [
            .runSchemaHook(.expand, on: host), .change(batch: 0), .analyse(AnalysisName("errors")), .pause(nil),
            .change(batch: 1), .runSchemaHook(.contract, on: host),
        ]
        var agents: [HostName: HostAgent] = [:]
        for (endpoint, release) in zip(job.endpoints, ["2.0", "1.0"]) {
            var report = HostReport()
            (report.current, report.currentDigest) = (release, digits("\(release.prefix(1))"))
            report.unitState = "active"
            (report.diskTotalBytes, report.diskFreeBytes) = (1 << 30, 1 << 30)
            agents[endpoint.name] = HostAgent(
                endpoint: endpoint, connector: RemoteHost(isReachable: true, report: report), coordinatorVersion: "1",
                jitter: { 0 })
        }
        let preparation = RetryPreparation(
            job: job, retrying: [try name("b")], isContractDue: isContractDue, agents: agents)
        let prepared = try await preparation.rollout(#require(RolloutID("r2")))
        let contract = PlanStep.runSchemaHook(.contract, on: host)
        #expect(prepared.job.plan.steps == [.change(batch: 0)] + (isContractDue ? [contract] : []))
        #expect(prepared.job.plan.changedHosts == [try name("b")])
        for agent in agents.values { await agent.close() }
    }
}
