import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import SSHTransport

/// Calls `body` with one handle for each host, all over the same connector; whatever becomes of it, every connection
/// has ended on return.
func withAgents<Answer>(
    of hosts: HostSelection, over connection: ConnectionOptions,
    _ body: ([HostName: HostAgent]) async throws -> Answer
) async throws -> Answer {
    let connector = try connection.connector(becomePasswords: hosts.becomePasswords)
    let agents = Dictionary(
        hosts.endpoints.map { endpoint in
            (
                endpoint.name,
                HostAgent(endpoint: endpoint, connector: connector, coordinatorVersion: ProductVersion.text)
            )
        },
        uniquingKeysWith: { first, _ in first }
    )
    let answer: Result<Answer, any Error>
    do { answer = .success(try await body(agents)) } catch { answer = .failure(error) }
    await withTaskGroup(of: Void.self) { group in
        for agent in agents.values { group.addTask { await agent.close() } }
    }
    await connector.shutdown()
    return try answer.get()
}
