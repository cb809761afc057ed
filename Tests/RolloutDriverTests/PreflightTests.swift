import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import Synchronization
import Testing

@testable import RolloutDriver

@Suite struct PreflightTests {
    /// What each host's first connection meets; from the second on it answers.
    private func survey(_ firsts: [String: HostAccessError.Reason]) async throws -> Survey {
        var agents: [HostName: HostAgent] = [:]
        for (text, reason) in firsts {
            let endpoint = HostEndpoint(name: try name(text), address: "::1", user: "root")
            agents[endpoint.name] = HostAgent(
                endpoint: endpoint, connector: LateHost(first: reason), coordinatorVersion: "1", jitter: { 0 })
        }
        let survey = await Preflight(agents: agents, definition: ServiceDefinition()).survey()
        for agent in agents.values { await agent.close() }
        return survey
    }

    @Test func `hosts that lost their time in the line of a crowded fleet are asked again`() async throws {
        let survey = try await survey(["a": .noTurn, "b": .timedOut])
        #expect(survey.answers.count == 2 && !survey.answers.values.contains { $0.isOffline })
        #expect(try survey.reports(forArtifactOf: 0).count == 2)
    }

    @Test func `a host that does not answer is asked once where all got their turn`() async throws {
        let survey = try await survey(["a": .timedOut])
        #expect(survey.answers.count == 1 && !survey.answers.values.contains { !$0.isOffline })
    }
}

private final class LateHost: HostConnector {
    private let first: Mutex<HostAccessError.Reason?>
    private let host = RemoteHost(isReachable: true)

    init(first: HostAccessError.Reason) { self.first = Mutex(first) }

    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection {
        let reason = first.withLock { first in
            defer { first = nil }
            return first
        }
        if let reason { throw HostAccessError(reason, "not now") }
        return try await host.connect(to: endpoint, deadline: deadline)
    }
}
