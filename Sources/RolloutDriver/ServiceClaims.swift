import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import RolloutStore
import Synchronization

/// The services that a rollout has claimed on its hosts: each is claimed before the first thing that is asked of it,
/// and whoever held it before can act there no more.
final class ServiceClaims: Sendable {
    private struct Place: Hashable {
        var host: HostName
        var service: String
    }

    private let rollout: String
    private let lease: Lease
    private let claimed = Mutex<Set<Place>>([])

    init(rollout: RolloutID, lease: Lease) {
        self.rollout = rollout.text
        self.lease = lease
    }

    /// Claims the service on the host unless it has been.
    func take(
        _ definition: ServiceDefinition, on agent: HostAgent, within deadline: Duration
    ) async throws(AgentError) -> Claim {
        let claim = claim(of: definition.service)
        let place = Place(host: agent.endpoint.name, service: definition.service)
        guard !claimed.withLock({ $0.contains(place) }) else { return claim }
        try await agent.begin(claim, definition: definition, deadline: deadline)
        claimed.withLock { _ = $0.insert(place) }
        return claim
    }

    /// Tells the host that the rollout is over; nothing where the service was not claimed there.
    func giveBack(_ service: String, on agent: HostAgent, within deadline: Duration) async throws(AgentError) {
        let place = Place(host: agent.endpoint.name, service: service)
        guard claimed.withLock({ $0.contains(place) }) else { return }
        try await agent.finish(claim(of: service), deadline: deadline)
        claimed.withLock { _ = $0.remove(place) }
    }

    private func claim(of service: String) -> Claim {
        Claim(service: service, rollout: rollout, epoch: lease.epoch, holder: lease.holder)
    }
}
