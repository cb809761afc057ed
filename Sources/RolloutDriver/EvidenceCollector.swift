import AgentClient
import AgentProtocol
import Analysis
import FleetModel
import Foundation
import RolloutEngine
import Synchronization
import TimeLimits

/// Keeps what tells why hosts failed, before they are restored, and finds what they have in common.
final class EvidenceCollector: Sendable {
    private struct State {
        var samples: [HostName: Sample] = [:]
        var facts: [HostName: [HostFact]] = [:]
    }

    /// A host that failed waits so long for its evidence, and is restored without where it takes longer.
    static let patience: Duration = .seconds(5)
    /// For the facts of all hosts, at the end.
    private static let factsDeadline: Duration = .seconds(10)
    /// Asked at once.
    private static let maximumQuestions = 64

    private let fleet: any Fleet
    private let folder: EvidenceFolder
    private let state = Mutex(State())

    init(_ fleet: any Fleet, keepingIn folder: EvidenceFolder) {
        (self.fleet, self.folder) = (fleet, folder)
    }

    /// How the host does before it changes; nothing waits for it.
    func noteBefore(_ host: HostName) async {
        guard let sample = try? await fleet.sample(host, logSince: 0, deadline: Self.patience) else { return }
        state.withLock { $0.samples[host] = sample }
    }

    /// Takes at most ``patience``. What can't be kept is nobody's failure.
    func gather(_ operation: HostOperation, on host: HostName, attempt: Int, _ failure: HostFailure) async {
        var text = EvidenceText(
            host: host, operation: operation, attempt: attempt, failure: failure, evidence: nil,
            samples: (state.withLock { $0.samples[host] }, nil), at: Date())
        if failure.kind == .unreachable {
            text.gap = "it could not be reached"
        } else {
            let beginning = state.withLock { $0.samples[host]?.clockSeconds ?? 0 }
            async let sample = try? fleet.sample(host, logSince: beginning, deadline: Self.patience)
            do throws(AgentError) {
                let evidence = try await fleet.evidence(of: host, factsOnly: false, deadline: Self.patience)
                text.evidence = evidence
                state.withLock { $0.facts[host] = evidence.facts }
            } catch { text.gap = error.description.printable(maximumBytes: 400) }
            text.samples.now = await sample
        }
        try? folder.add(text.text, of: host)
    }

    /// Ranks what the hosts that failed have in common and the others have not. The others are those that went through
    /// the same and did not fail; where there is none, all the others.
    func findSuspects(_ engine: RolloutEngine) async {
        let failed = engine.hosts.filter { $0.failure != nil }
        guard failed.count >= Suspects.minimumFailures else { return }
        let rest = engine.hosts.filter { $0.failure == nil && $0.phase != .offline }
        let tried = rest.filter(\.isChanged)
        let others = tried.isEmpty ? rest : tried
        await askFacts((failed + others).map(\.planned.name))
        let facts = state.withLock { $0.facts }
        func known(_ hosts: [HostProgress]) -> [HostName: [String: String]] {
            hosts.reduce(into: [:]) { known, host in
                let name = host.planned.name
                if let facts = facts[name] { known[name] = SuspectFacts(facts, of: host.planned).values }
            }
        }
        let suspects = Suspects.rank(failed: known(failed), others: known(others))
        if !suspects.isEmpty { try? folder.keep(suspects: suspects.map(\.description)) }
    }

    /// Those that do not answer in time are left out.
    private func askFacts(_ hosts: [HostName]) async {
        let known = state.withLock { $0.facts }
        _ = await withTimeLimit(Self.factsDeadline) { [self] in
            await withTaskGroup(of: Void.self) { group in
                for (index, host) in hosts.filter({ known[$0] == nil }).enumerated() {
                    if index >= Self.maximumQuestions { await group.next() }
                    group.addTask { [self] in
                        guard
                            let answer = try? await fleet.evidence(
                                of: host, factsOnly: true, deadline: Self.factsDeadline)
                        else { return }
                        state.withLock { $0.facts[host] = answer.facts }
                    }
                }
            }
        }
    }
}
