import AgentProtocol
import FleetModel
import RolloutEngine

// As what a rollout acts on its hosts: what it claims there, and what the agent is told of it.

extension RolloutJob {
    /// What is claimed on that host. Never empty.
    func roles(of host: HostName) -> [ServiceDefinition] {
        guard plan.hosts.contains(where: { $0.name == host }), let changed = try? definition() else {
            return [helperDefinition]
        }
        guard let retired = try? retiredDefinition(), retired.service != changed.service else { return [changed] }
        return [changed, retired]
    }
}

extension ServiceDefinition {
    /// On a host where nothing of the service is installed: it runs a balancer, or a hook.
    init(helping service: ServiceName) {
        self.init()
        self.service = service.text
    }
}
