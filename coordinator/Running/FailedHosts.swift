import FleetModel
import RolloutDriver
import RolloutEngine
import RolloutStore

/// The hosts behind `--limit @failed`: those that the last rollout of a service failed on, or could not reach.
struct FailedHosts {
    let store: SQLiteStore

    /// In the order in which the rollout named them.
    /// - Throws: ``Failure`` where the service has had no rollout, or none of its hosts failed in the last one.
    func ofLastRollout(of service: ServiceName) throws -> [HostName] {
        do {
            let records = try store.rollouts(limit: UnfinishedRollout.searchLimit)
            guard let last = records.first(where: { $0.service == service }) else {
                throw Failure(
                    "'@failed' names the hosts that the last rollout of \(service) failed on, and there has been none",
                    hint: "leave --limit out, or name hosts", status: .usage)
            }
            let hosts = try last.ending.map { $0.hosts.filter(\.isOwed).map(\.name) } ?? failed(in: last)
            guard !hosts.isEmpty else {
                throw Failure(
                    "no host failed in \(last.id), the last rollout of \(service), so '@failed' selects none",
                    hint: "nothing was changed; coord show \(last.id) tells how it went", status: .usage)
            }
            return hosts
        } catch let error as StoreError { throw Failure(error) }
    }

    /// Of a rollout that has not ended.
    private func failed(in record: RolloutRecord) throws -> [HostName] {
        try DrivenRollout(store: store, record: record).engine().hosts
            .filter { $0.failure != nil || $0.planned.isOffline }.map(\.planned.name)
    }
}
