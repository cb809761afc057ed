import AgentClient
import AgentProtocol
import FleetModel
import HostAccess

/// One handle for each host, all over the same connector.
func fleetAgents(of endpoints: [HostEndpoint], over connector: any HostConnector) -> [HostName: HostAgent] {
    Dictionary(
        endpoints.map { endpoint in
            (
                endpoint.name,
                HostAgent(endpoint: endpoint, connector: connector, coordinatorVersion: ProductVersion.text)
            )
        },
        uniquingKeysWith: { first, _ in first }
    )
}

/// Ends every connection.
func close(_ agents: [HostName: HostAgent]) async {
    await withTaskGroup(of: Void.self) { group in
        for agent in agents.values { group.addTask { await agent.close() } }
    }
}
