import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import RolloutDriver
import RolloutEngine
import RolloutStore

/// From a preparation to a running rollout: the question, the lock, the lease.
struct RolloutLaunch {
    let store: SQLiteStore
    /// Part of the lock's name: two inventories of one project do not wait for each other.
    let inventory: String
    let agents: [HostName: HostAgent]
    let output: OutputOptions
    let asks: Bool
    let takesOver: Bool
    var terminal = Terminal.standard

    func run(
        _ prepare: (RolloutID) async throws(PreparationError) -> PreparedRollout
    ) async throws -> ExitStatus {
        let prepared: PreparedRollout
        do { prepared = try await prepare(newRolloutID()) } catch {
            await close(agents)
            throw Failure(error)
        }
        let plan = prepared.job.plan
        try refuseHolders(of: prepared)
        if plan.batches.isEmpty {
            await close(agents)
            if !output.json { terminal.print("nothing to do: \(plan.service) \(plan.release) runs on all hosts") }
            return .complete
        }
        guard !asks || !terminal.isInteractive || terminal.confirm(question(about: plan)) else {
            await close(agents)
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        let lease: Lease
        do {
            let rollout = NewRollout(
                id: plan.rollout, domain: "\(plan.service)@\(URL(filePath: inventory).lastPathComponent)",
                service: plan.service, release: plan.release, job: try prepared.job.encoded()
            )
            lease = try store.create(rollout, for: operatorName, epochAbove: prepared.highestEpoch)
        } catch let error as StoreError { throw Failure(error) }
        return try await RolloutRun(
            job: prepared.job, artifact: prepared.artifact, store: store, agents: agents, output: output
        ).start(under: lease)
    }

    /// A host may be held by a rollout of another machine, which our store knows nothing of. One that our store knows
    /// has either ended, and could not be told, or holds the lock there, which says more of it.
    private func refuseHolders(of prepared: PreparedRollout) throws {
        guard !takesOver else { return }
        let strangers = prepared.holders.filter { !isKnown($0.value.rollout) }
        let problems = strangers.sorted { $0.key < $1.key }.map { host, claim in
            HostProblem(
                host, "held by rollout \(claim.rollout) of \(claim.holder)".printable(maximumBytes: 300),
                hint: "wait for it, or resume it where it was begun; if it is lost for good: --take-over"
            )
        }
        guard problems.isEmpty else { throw Failure(problems, status: .held) }
    }

    private func isKnown(_ rollout: String) -> Bool {
        RolloutID(rollout).map { (try? store.rollout($0)) != nil } ?? false
    }

    private func question(about plan: RolloutPlan) -> String {
        let batches = plan.batches.map { "\($0.count)" }.joined(separator: " + ")
        return
            "\(plan.service) \(plan.release) goes to \(plan.changedHosts.count) hosts, in batches of \(batches). Begin?"
    }
}
