import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import Reporting
import RolloutDriver
import RolloutEngine
import RolloutStore

/// From a preparation to a running rollout: the question, the lock, the lease.
struct RolloutLaunch {
    let store: SQLiteStore
    let service: ServiceName
    /// Part of the lock's name: two inventories of one project do not wait for each other.
    let inventory: String
    let artifacts: ArtifactDirectory
    let agents: [HostName: HostAgent]
    let output: OutputOptions
    let stateArgument: String
    let asks: Bool
    let takesOver: Bool
    var terminal = Terminal.standard

    /// `approve` may put an approved plan in the place of the prepared one, or throw.
    func run(
        approving approve: (PreparedRollout) throws -> PreparedRollout = { $0 },
        _ prepare: (RolloutID) async throws(PreparationError) -> PreparedRollout
    ) async throws -> ExitStatus {
        try refuseWhereLocked()
        var prepared: PreparedRollout
        do { prepared = try await prepare(newRolloutID()) } catch { throw Failure(error) }
        prepared = try approve(prepared)
        try prepared.job.plan.certify()
        try refuseHolders(of: prepared)
        for notice in prepared.notices { terminal.complain("warning: \(notice)") }
        let plan = prepared.job.plan
        // Hosts that are taken over are to be set free, also where they run the release already.
        let isDone = plan.steps.isEmpty
        if isDone, !takesOver || prepared.holders.isEmpty { return nothingToDo(plan) }
        guard !asks || isDone || !terminal.isInteractive || terminal.confirm(LaunchQuestion(plan).text) else {
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        let lease = try begin(prepared)
        let run = RolloutRun(
            job: prepared.job, artifact: prepared.artifact, configuration: prepared.configuration, store: store,
            agents: agents, output: output,
            stateArgument: stateArgument)
        return try await run.start(under: lease)
    }

    private var domain: String { "\(service)@\(URL(filePath: inventory).lastPathComponent)" }

    /// Before hosts are asked and bytes are packed in vain; the lock itself is taken by ``begin(_:)``.
    private func refuseWhereLocked() throws {
        do throws(StoreError) {
            if let holder = try store.holder(of: domain) { throw StoreError.held(holder) }
        } catch { throw Failure(error, stateArgument: stateArgument) }
    }

    private func begin(_ prepared: PreparedRollout) throws -> Lease {
        let plan = prepared.job.plan
        do {
            let rollout = NewRollout(
                id: plan.rollout, domain: domain, service: plan.service, release: plan.release,
                job: try prepared.job.encoded()
            )
            let lease = try store.create(rollout, for: operatorName, epochAbove: prepared.highestEpoch)
            artifacts.prune(inUse: digestsInUse())
            return lease
        } catch let error as StoreError { throw Failure(error, stateArgument: stateArgument) }
    }

    /// Of rollouts that may be resumed yet.
    private func digestsInUse() -> Set<Digest> {
        let records = (try? store.rollouts(limit: UnfinishedRollout.searchLimit)) ?? []
        return Set(records.filter { $0.endedAt == nil }.compactMap { try? RolloutJob.decode($0).plan.digest })
    }

    /// A host may be held by a rollout of another machine, of which our store knows nothing, or of another inventory,
    /// which has another lock.
    private func refuseHolders(of prepared: PreparedRollout) throws {
        guard !takesOver else { return }
        let strangers = prepared.holders.filter { !isHarmless($0.value.rollout) }
        let problems = strangers.sorted { $0.key < $1.key }.map { host, claim in
            HostProblem(
                host, "held by rollout \(claim.rollout) of \(claim.holder)".printable(maximumBytes: 300),
                hint: "wait for it, or resume it where it was begun; if it is lost for good: --take-over"
            )
        }
        guard problems.isEmpty else { throw Failure(problems, status: .held) }
    }

    /// It has ended, and the host could not be told, or it holds the very lock that we want, which says more of it.
    private func isHarmless(_ rollout: String) -> Bool {
        guard let record = RolloutID(rollout).flatMap({ try? store.rollout($0) }) else { return false }
        return record.endedAt != nil || record.domain == domain
    }

    private func nothingToDo(_ plan: RolloutPlan) -> ExitStatus {
        let offline = listed(plan.offlineHosts.map(\.text))
        let place = offline.isEmpty ? "all hosts" : "all hosts that answer; offline and left out: \(offline)"
        if !output.json { terminal.print("nothing to do: \(plan.service) \(plan.release) runs on \(place)") }
        return offline.isEmpty ? .complete : .completeWithDebt
    }
}
