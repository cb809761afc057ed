import AgentClient
import AgentProtocol
import Artifact
import FleetModel
import Foundation
import HostAccess
import Reporting
import RolloutDriver
import RolloutEngine
import RolloutStore

/// Drives one rollout in this process: claims the hosts, listens to signals, reports, and says how it ended.
struct RolloutRun {
    let job: RolloutJob
    /// Nil where every host holds the release already.
    let artifact: Artifact?
    /// Got already; nil where there is none, or it is yet to be got.
    var configuration: ConfigurationSource?
    let store: SQLiteStore
    let agents: [HostName: HostAgent]
    let output: OutputOptions
    /// What `coord resume` needs to find the rollout from here.
    let stateArgument: String
    var terminal = Terminal.standard

    /// From the beginning. Nothing has been changed when a host can't be claimed.
    func start(under lease: Lease) async throws -> ExitStatus {
        try await drive(under: lease, after: [], beginning: [.rolloutStarted]) { fleet in
            let refusals = await fleet.claimAll()
            guard !refusals.isEmpty else { return }
            try await giveUp(refusals, fleet: fleet, lease: lease)
            throw claimFailure(refusals)
        }
    }

    /// From where the journal ends; `requests` come first.
    func resume(under lease: Lease, with requests: [OperatorRequest] = []) async throws -> ExitStatus {
        let journal: [JournalEntry]
        let waiting: [AskedRequest]
        do {
            journal = try store.journal(of: job.plan.rollout)
            waiting = try store.waitingRequests(of: job.plan.rollout)
        } catch { throw Failure(error) }
        var engine = RolloutEngine(plan: job.plan)
        for entry in journal { _ = engine.handle(entry.event, at: entry.at) }
        // Whoever resumes takes back the pause that the coordinator before was asked for, or died in.
        let isPaused = engine.isPausedByPerson || waiting.contains { $0.request.isPause }
        let words = isPaused && requests.isEmpty ? [.resume] : requests
        let asked = words.map { Event.operatorAsked($0, by: operatorName) }
        return try await drive(
            under: lease, after: journal, beginning: asked + [.rolloutResumed(by: operatorName)]
        ) { fleet in
            // Fences whoever drove it before; hosts that can't be reached now are claimed when they answer.
            _ = await fleet.claimAll()
        }
    }

    private func fleet(under lease: Lease) throws -> AgentFleet {
        do {
            // Hosts that were left out are not spoken to.
            let left = Set(job.plan.offlineHosts)
            let agents = agents.filter { !left.contains($0.key) }
            return try AgentFleet(
                job: job, lease: lease, agents: agents, artifact: artifact, configuration: configuration)
        } catch {
            throw Failure("rollout \(job.plan.rollout) can't go on: \(error)", status: .failedUnchanged)
        }
    }

    private func giveUp(_ refusals: [HostName: AgentError], fleet: AgentFleet, lease: Lease) async throws {
        for host in job.plan.hosts where refusals[host.name] == nil && !host.isOffline {
            _ = try? await fleet.perform(
                .finish, on: host.name, attempt: 1, deadline: .seconds(10), allocation: nil,
                observer: SilentObserver())
        }
        await fleet.releaseHelpers()
        let names = refusals.keys.sorted().map(\.text).joined(separator: ", ")
        do {
            try store.end(Ending(unchangedBecause: "\(names) could not be claimed"), under: lease)
        } catch { throw Failure(error) }
    }

    private func claimFailure(_ refusals: [HostName: AgentError]) -> Failure {
        let isHeld = refusals.values.contains { $0.takeover != nil }
        let problems = refusals.sorted { $0.key < $1.key }.map {
            HostProblem($0.key, $0.value.description, hint: $0.value.hint)
        }
        return Failure(problems, status: isHeld ? .held : .failedUnchanged)
    }

    private func drive(
        under lease: Lease, after journal: [JournalEntry], beginning: [Event],
        claiming: (AgentFleet) async throws -> Void
    ) async throws -> ExitStatus {
        let fleet = try fleet(under: lease)
        let reporter = output.reporter(on: terminal)
        let driver = RolloutDriver(
            job: job, lease: lease, store: store, fleet: fleet, observer: reporter,
            evidence: EvidenceFolder(of: job.plan.rollout, in: store.directory))
        let signals = SignalWatch {
            driver.ask(.interrupt, by: operatorName)
        } onSecond: {
            terminal.complain("left at once: hosts in the middle of a switch end it by themselves\n\(resumeHint)")
        }
        let ticking = keepTicking(reporter)
        let jobControl = JobControl { reporter.tick(ownsTerminal: false) }
        defer {
            ticking.cancel()
            jobControl.end()
            signals.stop()
        }
        try await claiming(fleet)
        do {
            let result = try await driver.run(after: journal, beginning: beginning)
            ticking.cancel()
            return report(result)
        } catch { throw Failure(error, of: job.plan.rollout, stateArgument: stateArgument) }
    }

    private func keepTicking<Reporter: RolloutReporter>(_ reporter: Reporter) -> Task<Void, Never> {
        Task {
            repeat {
                reporter.tick(ownsTerminal: terminal.isInForeground)
            } while (try? await Task.sleep(for: Reporter.tickInterval)) != nil
        }
    }

    private var resumeHint: String {
        let hint = ResumeHint(plan: job.plan, stateArgument: stateArgument)
        // Failures are the rollout's own: where the journal can't be read, there is more to tell than them.
        var engine = RolloutEngine(plan: job.plan)
        for entry in (try? store.journal(of: job.plan.rollout)) ?? [] { _ = engine.handle(entry.event, at: entry.at) }
        return hint.line(failed: engine.hosts.filter(\.canBeRetried).map(\.planned.name))
    }

    private var evidence: FailureEvidence? { FailureEvidence(of: job.plan.rollout, in: store) }

    private func report(_ result: RolloutDriver.Result) -> ExitStatus {
        switch result {
        case .ended(let ending):
            let text = EndingText(
                ending, plan: job.plan, style: output.resultStyle(on: terminal), stateArgument: stateArgument,
                evidence: evidence)
            if !output.json { text.lines.forEach(terminal.print) }
            return ExitStatus(ending.verdict)
        case .suspended(let suspension):
            evidence?.lines.forEach(terminal.complain)
            terminal.complain(resumeHint)
            return suspension == .interrupted ? .interrupted : .paused
        case .superseded(let problem):
            terminal.complain("error: \(problem); nothing more is done here")
            return .held
        }
    }
}

extension OperatorRequest {
    fileprivate var isPause: Bool { if case .pause = self { true } else { false } }
}

/// For what needs no report.
private struct SilentObserver: RolloutObserver {
    func observe(_ news: RolloutNews) {}
}
