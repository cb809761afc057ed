import Artifact
import FleetModel
import Foundation
import RolloutDriver
import RolloutEngine
import RolloutStore

/// A rollout that has ended with hosts that failed, to be followed by a rollout of those.
struct EndedRollout {
    let store: SQLiteStore
    let record: RolloutRecord
    let options: UnfinishedRollout
    let asks: Bool

    func retry() async throws -> ExitStatus {
        let hosts = record.ending.map(RetryPreparation.hosts) ?? []
        let isContractDue = try isContractDue()
        let isContractLeft = isContractDue && record.ending.map(RetryPreparation.isOnlyContractLeft) ?? false
        guard !hosts.isEmpty || isContractLeft else { return try refuse() }
        let job: RolloutJob
        do { job = try RolloutJob.decode(record) } catch { throw Failure(error) }
        let artifact = job.artifactDirectory.flatMap { Artifact.stored(job.plan.digest, in: $0) }
        guard artifact != nil || job.artifactDirectory == nil else {
            throw Failure(
                "the packed artifact of \(record.release) is gone",
                hint: "roll it out again: coord rollout INVENTORY --limit @failed", status: .failedUnchanged)
        }
        let configuration = try await UnfinishedRollout.secrets(
            of: job, orElse: .failedUnchanged, retryWith: "coord retry")
        return try await withAgents(of: HostSelection(endpoints: job.allEndpoints), over: options.connection) {
            agents in
            let launch = RolloutLaunch(
                store: store, service: record.service, inventory: inventory,
                artifacts: ArtifactDirectory(in: options.state.directory()), agents: agents, output: options.output,
                stateArgument: options.state.argument(in: FileManager.default.currentDirectoryPath), asks: asks,
                takesOver: false)
            let preparation = RetryPreparation(
                job: job, retrying: hosts, isContractDue: isContractDue, agents: agents)
            return try await launch.run { id throws(PreparationError) in
                var prepared = try await preparation.rollout(id)
                (prepared.artifact, prepared.configuration) = (artifact, configuration)
                return prepared
            }
        }
    }

    /// It has run neither in this rollout nor in one that came after it.
    private func isContractDue() throws -> Bool {
        guard try DrivenRollout(store: store, record: record).engine().isContractDue else { return false }
        let newer: [RolloutRecord]
        do throws(StoreError) {
            newer = try store.rollouts(limit: Self.maximumNewerRollouts).filter {
                $0.domain == record.domain && $0.startedAt > record.startedAt
            }
        } catch { throw Failure(error) }
        return try !newer.contains { newer in
            let engine = try DrivenRollout(store: store, record: newer).engine()
            let hasContract = engine.plan.steps.contains { step in
                if case .runSchemaHook(.contract, _) = step { true } else { false }
            }
            return hasContract && !engine.isContractDue
        }
    }

    /// Nobody goes back further.
    private static let maximumNewerRollouts = 100

    /// The lock's name is the service and this (``RolloutLaunch``).
    private var inventory: String { String(record.domain.dropFirst(record.service.text.count + 1)) }

    /// A rollout without failures leaves nothing to do; one that was rolled back begins anew.
    private func refuse() throws -> ExitStatus {
        guard record.ending?.verdict == .complete || record.ending?.verdict == .completeWithDebt else {
            throw Failure(
                "rollout \(record.id) was rolled back, so there is nothing to go on with",
                hint: "when what failed is mended: coord rollout INVENTORY", status: .failedUnchanged)
        }
        Terminal.standard.print("nothing to retry: no host of \(record.id) has failed")
        return .complete
    }
}
