import AgentProtocol
import Glibc

/// Collects what tells why a service failed, for an ``Evidence``.
final class EvidenceGathering {
    /// What is left of ``ProtocolLimits/maximumEvidenceBytes`` by the unit's status, the last checks and the facts.
    private static let maximumJournalBytes = 40 << 10

    private let request: GatherEvidence
    private let service: Service?
    private let environment: AgentEnvironment
    private let onEnd: (Evidence) -> Void
    private var evidence = Evidence()
    private let controller: ServiceController

    init(
        _ request: GatherEvidence, of service: Service?, environment: AgentEnvironment,
        onEnd: @escaping (Evidence) -> Void
    ) {
        (self.request, self.service, self.environment, self.onEnd) = (request, service, environment, onEnd)
        let surroundings = Surroundings(request.definition, release: "", previous: "", commandOutput: "/dev/null")
        controller = ServiceController(request.definition, surroundings, children: environment.children)
    }

    func start() {
        guard !request.factsOnly else { return addFacts() }
        if let health = service?.lastHealth, !health.isHealthy {
            (evidence.healthProblem, evidence.healthOutput) = (health.problem, health.output)
        }
        controller.details {
            self.evidence.unitStatus = $0
            self.addJournal()
        }
    }

    private func addJournal() {
        guard let journal = Journal(of: request.definition.control, children: environment.children) else {
            // Of a service that commands start there is what they said.
            let path = service?.commandOutput ?? ""
            evidence.journal = (try? FileSystem.read(path, maximumBytes: Self.maximumJournalBytes)) ?? []
            return addFacts()
        }
        journal.lastLines(maximumBytes: Self.maximumJournalBytes) {
            self.evidence.journal = $0
            self.addFacts()
        }
    }

    private func addFacts() {
        controller.systemdVersion { version in
            let directory = FileSystem.existing(self.request.definition.installDirectory)
            self.evidence.facts = HostFacts.all(directory: directory, systemdVersion: version)
            self.onEnd(self.evidence)
        }
    }
}
