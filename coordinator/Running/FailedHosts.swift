import FleetModel
import Foundation
import RolloutDriver
import RolloutEngine
import RolloutStore

/// The hosts behind `--limit @failed`: those that the last rollout of a service failed on, or could not reach.
struct FailedHosts {
    let stateDirectory: String
    /// Nil means that of the very last rollout.
    var service: ServiceName?

    /// In the order in which the rollout named them.
    /// - Throws: ``Failure`` where the service has had no rollout, or none of its hosts failed in the last one.
    func ofLastRollout() throws -> [HostName] {
        do {
            guard let (store, last) = try lastRollout() else {
                throw Failure(
                    "'@failed' names the hosts that the last rollout\(ofService) failed on, and there has been none",
                    hint: "leave --limit out, or name hosts", status: .usage)
            }
            let hosts = try last.ending.map { $0.hosts.filter(\.isOwed).map(\.name) } ?? failed(in: last, store)
            guard !hosts.isEmpty else {
                throw Failure(
                    "no host failed in \(last.id), the last rollout\(ofService), so '@failed' selects none",
                    hint: "nothing was changed; coord show \(last.id) tells how it went", status: .usage)
            }
            return hosts
        } catch let error as StoreError { throw Failure(error) }
    }

    private var ofService: String { service.map { " of \($0)" } ?? "" }

    /// Asking creates no state.
    private func lastRollout() throws -> (SQLiteStore, RolloutRecord)? {
        guard FileManager.default.fileExists(atPath: stateDirectory) else { return nil }
        let store = try SQLiteStore(directory: stateDirectory)
        let records = try store.rollouts(limit: UnfinishedRollout.searchLimit)
        return records.first { service == nil || $0.service == service }.map { (store, $0) }
    }

    /// Of a rollout that has not ended.
    private func failed(in record: RolloutRecord, _ store: SQLiteStore) throws -> [HostName] {
        try DrivenRollout(store: store, record: record).engine().hosts
            .filter { $0.failure != nil || $0.planned.isOffline }.map(\.planned.name)
    }
}
