import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import Testing

@testable import RolloutDriver

@Suite struct AgentFleetTests {
    private func fleet(_ host: RemoteHost, _ scene: Scene) throws -> AgentFleet {
        let endpoint = HostEndpoint(name: try name("a"), address: "::1", user: "root")
        let agent = HostAgent(endpoint: endpoint, connector: host, coordinatorVersion: "1", jitter: { 0 })
        return try AgentFleet(job: scene.job(), lease: scene.create(), agents: [endpoint.name: agent], artifact: nil)
    }

    @Test func `a host that was away when the others were claimed is claimed before anything is asked of it`()
        async throws
    {
        let scene = try Scene()
        let host = RemoteHost(isReachable: false)
        let fleet = try fleet(host, scene)
        #expect(await fleet.claimAll().keys.map(\.text) == ["a"])
        host.isReachable = true
        for operation in [HostOperation.activate, .watch] {
            let outcome = try await fleet.perform(
                operation, on: name("a"), attempt: 1, deadline: .seconds(10), allocation: nil,
                observer: scene.observer)
            #expect(outcome == .succeeded)
        }
        #expect(host.asked == ["begin", "activate", "watch"])
        await fleet.close()
    }

    @Test func `hosts that were claimed are not claimed again`() async throws {
        let scene = try Scene()
        let host = RemoteHost(isReachable: true)
        let fleet = try fleet(host, scene)
        #expect(await fleet.claimAll().isEmpty)
        _ = try await fleet.perform(
            .revert, on: name("a"), attempt: 1, deadline: .seconds(10), allocation: nil,
                observer: scene.observer)
        #expect(host.asked == ["begin", "revert"])
        await fleet.close()
    }

    @Test func `bytes that were spoilt on the way are asked for once more under another name`() async throws {
        let scene = try Scene()
        let host = RemoteHost(isReachable: true) { step in
            StepResult(ending: step == "stage" ? .artifactUnusable : .succeeded)
        }
        let fleet = try fleet(host, scene)
        let outcome = try await fleet.perform(
            .stage, on: name("a"), attempt: 1, deadline: .seconds(10), allocation: nil,
                observer: scene.observer)
        #expect(outcome == .succeeded)
        #expect(host.asked == ["begin", "stage", "stage-again"])
        await fleet.close()
    }

    @Test func `a host that another rollout holds is lost, whatever was asked`() async throws {
        let scene = try Scene()
        let claim = Claim(service: "shop", rollout: "r9", epoch: 9, holder: "bob@ci")
        let host = RemoteHost(isReachable: true, refusal: Refusal(reason: .held, problem: "held", holder: claim))
        let fleet = try fleet(host, scene)
        await #expect(throws: Superseded("a is held by rollout r9 of bob@ci")) {
            try await fleet.perform(
                .activate, on: name("a"), attempt: 1, deadline: .seconds(10), allocation: nil,
                observer: scene.observer)
        }
        await fleet.close()
    }
}
