import ArgumentParser
import Artifact
import FleetModel
import Foundation
import HostAccess
import RolloutDriver
import RolloutEngine
import RolloutStore

/// A rollout that has not ended, by name or because it is the only one.
struct UnfinishedRollout: ParsableArguments {
    @Argument(help: "The rollout; may be left out where only one has not ended.")
    var rollout: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    /// How many rollouts are looked through.
    static let searchLimit = 1000

    func find() throws -> (SQLiteStore, RolloutRecord) {
        let store = try state.openExisting()
        do {
            if let rollout { return (store, try store.rollout(try Self.name(rollout))) }
            let open = try store.rollouts(limit: Self.searchLimit).filter { $0.endedAt == nil }
            guard let only = open.first else {
                throw Failure(
                    "no rollout is unfinished here", hint: "coord history lists all; --state names another place",
                    status: .usage)
            }
            guard open.count == 1 else {
                let names = open.map(\.id.text).joined(separator: ", ")
                throw Failure("several rollouts are unfinished", hint: "name one of: \(names)", status: .usage)
            }
            return (store, only)
        } catch let error as StoreError { throw Failure(error) }
    }

    /// As ``find()``; where every rollout has ended, the last one.
    func findOrLast() throws -> (SQLiteStore, RolloutRecord) {
        let store = try state.openExisting()
        do {
            let records = try store.rollouts(limit: Self.searchLimit)
            if rollout == nil, let last = records.first, records.allSatisfy({ $0.endedAt != nil }) {
                return (store, last)
            }
        } catch { throw Failure(error) }
        return try find()
    }

    /// Takes the rollout over and drives it to its end.
    func resume(with requests: [OperatorRequest]) async throws -> ExitStatus {
        let (store, record) = try find()
        var job: RolloutJob
        let lease: Lease
        let rollout = DrivenRollout(store: store, record: record)
        let secrets =
            requests.contains(.abort) ? nil : try await secrets(for: rollout, isRetry: requests.contains(.retry))
        do {
            job = try RolloutJob.decode(record)
            lease = try store.takeOver(record.id, for: operatorName, epochAbove: 0)
        } catch let error as StoreError {
            throw Failure(error)
        } catch let error as DriverError { throw Failure(error) }
        let artifact = job.artifactDirectory.flatMap { Artifact.stored(job.plan.digest, in: $0) }
        if artifact == nil, job.artifactDirectory != nil, !requests.contains(.abort) {
            Terminal.standard.complain("warning: the packed artifact is gone; hosts that do not hold it yet will fail")
        }
        job.updateEndpoints { connection.override(&$0) }
        return try await withAgents(of: HostSelection(endpoints: job.allEndpoints), over: connection) { [job] agents in
            let run = RolloutRun(
                job: job, artifact: artifact, configuration: secrets, store: store, agents: agents, output: output,
                stateArgument: state.argument(in: FileManager.default.currentDirectoryPath))
            return try await run.resume(under: lease, with: requests)
        }
    }

    /// Got before anything else where a host is yet to be staged: a secret that can't be got is no failure of the
    /// hosts, which would roll others back.
    private func secrets(for rollout: DrivenRollout, isRetry: Bool) async throws -> ConfigurationSource? {
        let engine = try rollout.engine()
        let isNeeded = engine.hosts.contains { host in
            switch host.phase {
            case .waiting, .staging: true
            case .failed: isRetry && !host.isChanged
            default: false
            }
        }
        guard isNeeded, engine.failureReason == nil else { return nil }
        return try await Self.secrets(of: try rollout.job(), orElse: .paused, retryWith: "coord resume")
    }

    /// The job's configuration with its secrets; nil where it has none.
    /// - Throws: ``Failure`` with `status` where one can't be got.
    static func secrets(
        of job: RolloutJob, orElse status: ExitStatus, retryWith command: String
    ) async throws -> ConfigurationSource? {
        guard let source = job.configuration.map(ConfigurationSource.init) else { return nil }
        do throws(Diagnostics) {
            _ = try await source.renderer()
            return source
        } catch {
            let rollout = job.plan.rollout
            var failure = Failure(error)
            failure.status = status
            failure.diagnostics.append(
                Diagnostic(
                    "rollout \(rollout) is as it was; it needs its secrets to go on",
                    hint: "mend that, then: \(command) \(rollout)"))
            throw failure
        }
    }

    static func name(_ text: String) throws -> RolloutID {
        guard let id = RolloutID(text) else {
            throw Failure("'\(text)' is not the name of a rollout", hint: "coord history lists them", status: .usage)
        }
        return id
    }
}
