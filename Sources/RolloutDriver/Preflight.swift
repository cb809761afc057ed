import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine

/// Asks every host, all at once, whether it can take part. Changes nothing.
public struct Preflight: Sendable {
    private let agents: [HostName: HostAgent]
    private let definition: ServiceDefinition

    public init(agents: [HostName: HostAgent], definition: ServiceDefinition) {
        self.agents = agents
        self.definition = definition
    }

    /// What each host said, or why it did not. Where there was no time for all, those that did not answer are asked
    /// again: waiting for their turn has cost the others theirs.
    /// - Parameter hostAnswered: called once a host, when it has answered, or has not in time.
    public func survey(_ hostAnswered: () -> Void = {}) async -> Survey {
        var survey = Survey(unit: definition.control.unit, answers: [:])
        var asked = agents
        var settled: Set<HostName> = []
        for _ in 1...Self.maximumRounds {
            await ask(asked) { name, answer in
                survey.answers[name] = answer
                if !answer.lacksTurn, settled.insert(name).inserted { hostAnswered() }
            }
            guard survey.answers.values.contains(where: \.lacksTurn) else { break }
            asked = agents.filter { survey.answers[$0.key].map { $0.lacksTurn || $0.isOffline } ?? true }
        }
        return survey
    }

    private func ask(
        _ agents: [HostName: HostAgent], _ take: (HostName, Result<HostReport, AgentError>) -> Void
    ) async {
        await withTaskGroup(of: (HostName, Result<HostReport, AgentError>).self) { group in
            for (name, agent) in agents { group.addTask { (name, await inspect(agent)) } }
            for await (name, answer) in group { take(name, answer) }
        }
    }

    /// A minute in all for a fleet that is too slow for its size; then it is better said.
    private static let maximumRounds = 6

    /// For a first answer of a host, logging in included: a busy server needs seconds, one without power never answers,
    /// and every person who waits for it waits that long.
    static let contactDeadline: Duration = .seconds(10)

    private func inspect(_ agent: HostAgent) async -> Result<HostReport, AgentError> {
        do throws(AgentError) {
            try await agent.connect(deadline: Self.contactDeadline)
            return .success(
                try await agent.inspect(definition, probesHealth: true, deadline: AgentFleet.requestDeadline))
        } catch { return .failure(error) }
    }
}

/// The hosts' answers.
public struct Survey: Sendable {
    let unit: String
    public internal(set) var answers: [HostName: Result<HostReport, AgentError>]

    /// The reports, if every host can take a release of `size` bytes; under `offline: skip` there are none of hosts
    /// that can't be reached.
    /// - Throws: ``PreparationError/hosts(_:)`` with every host that can't, also where no host can be reached.
    func reports(
        forArtifactOf size: UInt64, skipsOffline: Bool = false
    ) throws(PreparationError) -> [HostName: HostReport] {
        let isAnyoneThere = answers.values.contains { !$0.isOffline }
        let asked = answers.filter { !(skipsOffline && isAnyoneThere && $0.value.isOffline) }
        let problems = asked.sorted { $0.key < $1.key }.compactMap { problem(of: $0.key, $0.value, size: size) }
        guard problems.isEmpty else { throw .hosts(problems) }
        return asked.compactMapValues { try? $0.get() }
    }

    private func problem(
        of host: HostName, _ answer: Result<HostReport, AgentError>, size: UInt64
    ) -> HostProblem? {
        switch answer {
        case .failure(let error): return HostProblem(host, error.description.printable(), hint: error.hint)
        case .success(let report):
            if report.unitState == "missing" {
                let hint = "install the unit on the host, or name another with 'systemd:'"
                return HostProblem(host, "there is no unit '\(unit)'", hint: hint)
            }
            guard report.obstacle.isEmpty else { return HostProblem(host, report.obstacle.printable()) }
            // The packed bytes and the unpacked tree lie there side by side for a moment.
            if report.diskTotalBytes > 0, report.diskFreeBytes < size + size / 2 {
                let need = (size + size / 2) >> 20
                return HostProblem(
                    host, "not enough disk space: \(report.diskFreeBytes >> 20) MiB free, \(need) MiB needed",
                    hint: "free some, or lower 'keep_releases'"
                )
            }
            return nil
        }
    }
}

extension Result<HostReport, AgentError> {
    /// It was not asked, which says nothing of it.
    var lacksTurn: Bool {
        guard case .failure(.unreachable(let error)) = self else { return false }
        return error.reason == .noTurn
    }

    /// Nobody answers there. A host that answers and refuses, and a name that is not known, are mistakes to be mended
    /// and not hosts to be left out.
    var isOffline: Bool {
        guard case .failure(let error) = self else { return false }
        switch error {
        case .unreachable(let error):
            return [.connectionRefused, .connectionTimedOut, .connectionLost, .timedOut].contains(error.reason)
        case .timedOut: return true
        default: return false
        }
    }
}
