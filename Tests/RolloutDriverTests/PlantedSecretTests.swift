import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import HostConfiguration
import RolloutEngine
import RolloutSpec
import RolloutStore
import Testing

@testable import RolloutDriver

/// A service that says its secret, and more than that, wherever it can.
@Suite struct PlantedSecretTests {
    private static let secret = "correct-horse-battery-staple"
    /// Long enough to be cut, within the secret were it cut first; with a terminal's escape.
    private static let said =
        secret + "\u{1B}[31m" + String(repeating: "x", count: 4096 - secret.utf8.count / 2) + "\nlast: \(secret)"

    private func configuration(in folder: Folder) throws -> ConfigurationSource {
        try folder.write("db.secret", Self.secret + "\n")
        let text = "service: shop\nartifact: app\nsecrets: [{file: db.secret, to: config/db.secret}]\n"
        let spec = try RolloutSpec(text: text, file: "rollout.yaml")
        let variables = TemplateVariables(of: try ["a", "b"].map { try name($0) })
        return ConfigurationSource(try #require(try ConfigurationReader.recipe(of: spec, in: folder.path, variables)))
    }

    private func host() -> RemoteHost {
        var evidence = Evidence()
        (evidence.unitStatus, evidence.journal) = (Array(Self.said.utf8), Array(Self.said.utf8))
        (evidence.healthProblem, evidence.healthOutput) = (Self.said, Array(Self.said.utf8))
        return RemoteHost(isReachable: true, evidence: evidence) { step in
            guard step == "watch" else { return StepResult(ending: .succeeded) }
            return StepResult(ending: .unhealthy, problem: Self.said, output: Array(Self.said.utf8))
        }
    }

    @Test func `is found in no evidence, journal, event or ending, and no terminal is steered`() async throws {
        let (scene, folder) = (try Scene(), try Folder())
        let (job, lease) = (scene.job(), try scene.create())
        let agents = job.endpoints.map {
            ($0.name, HostAgent(endpoint: $0, connector: host(), coordinatorVersion: "1", jitter: { 0 }))
        }
        let fleet = try AgentFleet(
            job: job, lease: lease, agents: Dictionary(uniqueKeysWithValues: agents), artifact: nil,
            configuration: configuration(in: folder))
        let kept = EvidenceFolder(of: job.plan.rollout, in: folder.path)
        let driver = RolloutDriver(
            job: job, lease: lease, store: scene.store, fleet: fleet, observer: scene.observer, evidence: kept)
        let ending = try #require(try await driver.run(after: [], beginning: [.rolloutStarted]).ending)
        let files = try FileManager.default.contentsOfDirectory(atPath: kept.path).map { file in
            String(decoding: try Data(contentsOf: URL(filePath: kept.path + "/" + file)), as: UTF8.self)
        }
        #expect(files.contains { $0.contains("--- output") && $0.contains("last: (secret)") })
        let journal = try scene.store.journal(of: job.plan.rollout).map { "\($0)" }
        let events = scene.observer.events.map { "\($0)" } + scene.observer.notes
        #expect(events.contains { $0.contains("(secret)") })
        for text in files + journal + events + ["\(ending)"] {
            #expect(!text.contains("horse") && !text.contains("staple") && !text.contains("\u{1B}"))
            #expect(text.utf8.count <= EvidenceFolder.maximumBytes)
        }
    }
}
