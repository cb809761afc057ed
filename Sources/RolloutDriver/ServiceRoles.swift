import AgentProtocol
import FleetModel
import RolloutEngine

/// As what a rollout acts on its hosts: what it claims on each, and what the agent is told of it.
struct ServiceRoles: Sendable {
    /// What changes, and after it what is retired where that is another instance.
    private let changing: [ServiceDefinition]
    private let helping: ServiceDefinition
    private let planned: Set<HostName>

    /// - Throws: ``WireError`` where the job is malformed.
    init(of job: RolloutJob) throws(WireError) {
        let (changed, retired) = (try job.definition(), try job.retiredDefinition())
        changing = retired.service == changed.service ? [changed] : [changed, retired]
        helping = ServiceDefinition(helping: job.plan.service)
        planned = Set(job.plan.hosts.map(\.name))
    }

    /// Never empty; the first is the one that acts.
    func callAsFunction(_ host: HostName) -> [ServiceDefinition] { planned.contains(host) ? changing : [helping] }

    /// The one that acts on that host.
    func first(_ host: HostName) -> ServiceDefinition { planned.contains(host) ? changing[0] : helping }

    func isPlanned(_ host: HostName) -> Bool { planned.contains(host) }
}

extension ServiceDefinition {
    /// On a host where nothing of the service is installed: it runs a balancer, or a hook.
    init(helping service: ServiceName) {
        self.init()
        self.service = service.text
    }
}
