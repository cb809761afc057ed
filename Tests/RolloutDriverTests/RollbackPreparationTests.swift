import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import RolloutSpec
import Testing

@testable import RolloutDriver

@Suite struct RollbackPreparationTests {
    /// Hosts that hold 1.0, 1.1 and 1.2, and run these.
    private func preparation(running current: String...) throws -> RolloutPreparation {
        let text = """
            service: shop
            artifact: app
            strategy: {rolling: {max_unavailable: 1}}
            max_live_versions: 2
            """
        let spec = try RolloutSpec(text: text, file: "rollout.yaml")
        var agents: [HostName: HostAgent] = [:]
        let endpoints = try current.enumerated().map { index, release in
            let endpoint = HostEndpoint(name: try name("host-\(index)"), address: "192.0.2.1", user: "root")
            agents[endpoint.name] = HostAgent(
                endpoint: endpoint, connector: RemoteHost(isReachable: true, report: report(running: release)),
                coordinatorVersion: "1", jitter: { 0 })
            return endpoint
        }
        return RolloutPreparation(
            spec: spec, specDirectory: "/none", stateDirectory: "/none", endpoints: endpoints, agents: agents)
    }

    private func report(running release: String) -> HostReport {
        var report = HostReport()
        report.releases = ["1.0", "1.1", "1.2"].map { StagedRelease(name: $0, digest: digits("\($0.suffix(1))")) }
        (report.current, report.currentDigest) = (release, digits("\(release.suffix(1))"))
        (report.unitState, report.diskTotalBytes, report.diskFreeBytes) = ("active", 1 << 30, 1 << 30)
        return report
    }

    @Test func `a rollback to one of two live releases brings no third`() async throws {
        let prepared = try await preparation(running: "1.2", "1.1", "1.2").rollback(
            try #require(RolloutID("r1")), to: ReleaseID("1.1"))
        #expect(prepared.job.plan.changedHosts == [try name("host-0"), try name("host-2")])
    }

    @Test func `a rollback to a third release is refused with the reason and the remedy`() async throws {
        let preparation = try preparation(running: "1.2", "1.1", "1.2")
        let error = await #expect(throws: PreparationError.self) {
            try await preparation.rollback(try #require(RolloutID("r1")), to: ReleaseID("1.0"))
        }
        guard case .refused(let refusal) = error else { return #expect(Bool(false), "another error") }
        #expect(
            refusal.problem
                == "1.0 beside 1.1 on host-1, and 1.2 on host-0, host-2 makes 3 releases at once, "
                + "and 'max_live_versions' is 2")
        #expect(refusal.hint == "first bring all hosts to one of the old ones: coord rollback INVENTORY --to 1.2")
    }
}
