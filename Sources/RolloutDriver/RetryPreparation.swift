import AgentClient
import AgentProtocol
import FleetModel
import RolloutEngine
import RolloutStore

/// From a rollout that has ended to one of the hosts that it failed on: the same job, batches and promises, from what
/// the hosts run now. What the strategy tried out, measured or waited for has been, and is not done again; the schema's
/// `contract` runs in the end if it has not. Reads everything, changes nothing.
public struct RetryPreparation: Sendable {
    private let job: RolloutJob
    private let retried: Set<HostName>
    private let isContractDue: Bool
    private let agents: [HostName: HostAgent]

    /// `agents` are those of all the job's hosts: the promises are about the whole group. `isContractDue`: the contract
    /// hook has not run (``RolloutEngine/RolloutEngine/isContractDue``).
    public init(job: RolloutJob, retrying hosts: [HostName], isContractDue: Bool, agents: [HostName: HostAgent]) {
        self.isContractDue = isContractDue
        self.job = job
        retried = Set(hosts)
        self.agents = agents
    }

    /// The hosts of a rollout's ending that have to be tried again; none where all went as it should, or where those
    /// that did not fail were rolled back with the others, so that there is no rollout to bring to its end.
    public static func hosts(of ending: Ending) -> [HostName] {
        let owed = ending.hosts.filter(\.isOwed)
        let others = ending.hosts.filter { !$0.isOwed }
        let wasRolledBack = ending.verdict == .unchanged && others.contains { $0.state != .current }
        return wasRolledBack ? [] : owed.map(\.name)
    }

    /// All hosts run the release, so that of a rollout whose contract hook is due that hook alone is left.
    public static func isOnlyContractLeft(of ending: Ending) -> Bool {
        !ending.hosts.isEmpty && ending.hosts.allSatisfy { $0.state == .updated || $0.state == .current }
    }

    /// - Throws: ``PreparationError``: the hosts to be retried that can't take part, or a promise that can't be kept.
    public func rollout(_ id: RolloutID) async throws(PreparationError) -> PreparedRollout {
        try refuseSides()
        let definition = try definition()
        let found = try await traffic()
        let plan = Set(job.plan.hosts.map(\.name))
        var survey = await Preflight(
            agents: agents.filter { plan.contains($0.key) }, definition: definition
        ).survey()
        // Hosts that are not retried only count: whatever keeps them from answering, they can't be counted on.
        survey.answers = survey.answers.filter { name, answer in
            if retried.contains(name) { return true }
            if case .success = answer { return true }
            return false
        }
        let reports = try survey.reports(forArtifactOf: 0)
        let hosts = job.plan.hosts.map { before in
            var host = PlannedHost(before.name, reports[before.name], target: target(of: before, in: id))
            (host.domains, host.isIdle) = (before.domains, before.isIdle)
            return host
        }
        try refuseWithoutRoom(hosts)
        var next = job
        next.plan.rollout = id
        next.plan.hosts = hosts
        next.plan.batches = batches(of: hosts)
        let left = isContractDue && !contract.isEmpty ? hosts.filter(mayRunOld) : []
        next.plan.steps = next.plan.batches.indices.map { .change(batch: $0) }
        if isContractDue, left.isEmpty { next.plan.steps += contract }
        next.plan.traffic = found?.plan
        var prepared = PreparedRollout(job: next, artifact: nil, reports: reports)
        prepared.helperReports = try await HelperSurvey(next, agents: agents, among: reports).run()
        prepared.notices = (found?.notices ?? []) + notice(ofContractLeftOutFor: left.map(\.name))
        return prepared
    }

    /// After this rollout, too: it is not retried, or can't be reached.
    private func mayRunOld(_ host: PlannedHost) -> Bool {
        host.isOffline || !retried.contains(host.name) && !host.isAlready(job.plan.digest)
    }

    private func notice(ofContractLeftOutFor hosts: [HostName]) -> [String] {
        guard !hosts.isEmpty else { return [] }
        let names = hosts.map(\.text).joined(separator: ", ")
        return [
            "the schema's contract stays owed: \(names) may run the old release; when that is mended: "
                + "coord retry \(job.plan.rollout)"
        ]
    }

    private var contract: [PlanStep] {
        job.plan.steps.filter { if case .runSchemaHook(.contract, _) = $0 { true } else { false } }
    }

    /// Both sides have changed their places, or nothing of it is left.
    private func refuseSides() throws(PreparationError) {
        guard job.plan.strategy == .blueGreen else { return }
        throw .refused(
            PlanRefusal(
                "a blue-green rollout is not retried host by host", hint: "roll out anew: coord rollout INVENTORY"))
    }

    /// What the balancers do now; hosts that are retried get back what they had before they failed.
    private func traffic() async throws(PreparationError) -> TrafficSurvey.Findings? {
        guard let recipe = job.traffic, let before = job.plan.traffic else { return nil }
        let survey = TrafficSurvey(
            recipe, members: before.members, agents: agents, service: job.plan.service)
        var findings = try await survey.run()
        for member in before.members where retried.contains(member.host) {
            guard findings.plan.initial.weights[member.name] == 0 else { continue }
            findings.plan.initial.weights[member.name] = before.initial.weights[member.name]
        }
        return findings
    }

    /// The directory that the host was to get. Of one that was offline nobody asked which names are free there.
    private func target(of host: PlannedHost, in rollout: RolloutID) -> String? {
        guard host.target == nil, host.isOffline, job.configuration != nil else { return host.target }
        return "\(job.plan.release)+\(rollout)"
    }

    private func definition() throws(PreparationError) -> ServiceDefinition {
        do { return try job.definition() } catch {
            throw .spec(Diagnostics([Diagnostic("rollout \(job.plan.rollout) can't be read: \(error)")]))
        }
    }

    /// As before; those that were left out then go last.
    private func batches(of hosts: [PlannedHost]) -> [[HostName]] {
        let due = hosts.filter { retried.contains($0.name) && !$0.isAlready(job.plan.digest) }.map(\.name)
        let known = Set(job.plan.changedHosts)
        let before = job.plan.batches.map { batch in batch.filter(due.contains) }
        return (before + [due.filter { !known.contains($0) }]).filter { !$0.isEmpty }
    }

    private func refuseWithoutRoom(_ hosts: [PlannedHost]) throws(PreparationError) {
        let allowed = job.plan.policy.maximumUnavailable
        let out = hosts.count { !retried.contains($0.name) && ($0.isSick || $0.isOffline) }
        guard hosts.contains(where: { retried.contains($0.name) && !$0.isSick }), out >= allowed else { return }
        throw .refused(
            PlanRefusal(
                "\(allowed) of \(hosts.count) hosts may be out of service, and \(out) others are, "
                    + "so none can be retried",
                hint: "see to them first: coord status INVENTORY"))
    }
}

extension HostEnding {
    /// It should run the release and does not, and not because it was rolled back for others.
    public var isOwed: Bool {
        guard state != .updated, state != .current else { return false }
        return failure != nil || state.needsHands || state == .offline
    }
}
