import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import RolloutStore
import Synchronization
import Testing

@testable import RolloutDriver

/// One rollout of two hosts, one after the other, and a store of its own whose clock the test moves.
final class Scene: Sendable {
    let directory: String
    let store: SQLiteStore
    let plan: RolloutPlan
    let observer = Recorder()
    private let date = SharedDate()

    init(_ change: (inout PlanRequest) -> Void = { _ in }) throws {
        directory = NSTemporaryDirectory() + "coord-driver-" + UUID().uuidString
        store = try SQLiteStore(directory: directory) { [date] in date.value }
        let hosts = try ["a", "b"].map {
            PlannedHost(name: try name($0), current: "1.0", currentDigest: Digest(hex: digits("1")), isSick: false)
        }
        var request = PlanRequest(
            rollout: try #require(RolloutID("r1")), service: try #require(ServiceName("shop")),
            release: try #require(ReleaseID("2.0")), digest: try #require(Digest(hex: digits("2"))), hosts: hosts,
            strategy: .rolling(Rolling(stages: [.count(1)], maximumUnavailable: .count(1))))
        change(&request)
        plan = try request.plan()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func advance(by seconds: TimeInterval) { date.advance(by: seconds) }

    func job(_ hooks: [HookProgram] = []) -> RolloutJob {
        RolloutJob(
            plan: plan, endpoints: plan.hosts.map { HostEndpoint(name: $0.name, address: "::1", user: "root") },
            definition: ServiceDefinition(),
            artifact: ArtifactReference(
                release: "2.0", digest: plan.digest.hex, size: 1, packedDigest: plan.digest.hex, packedSize: 1),
            artifactDirectory: nil, hooks: hooks)
    }

    func create() throws -> Lease {
        let rollout = NewRollout(
            id: plan.rollout, domain: "shop@inventory.ini", service: plan.service, release: plan.release,
            job: try job().encoded())
        return try store.create(rollout, for: "ann@laptop", epochAbove: 0)
    }

    func driver(
        _ fleet: ScriptedFleet, _ lease: Lease, store: (any RolloutStore)? = nil, hooks: [HookProgram] = []
    ) -> RolloutDriver {
        RolloutDriver(job: job(hooks), lease: lease, store: store ?? self.store, fleet: fleet, observer: observer)
    }

    /// As another coordinator does after the lease has expired or was given back.
    func resume(_ fleet: ScriptedFleet) async throws -> RolloutDriver.Result {
        let lease = try store.takeOver(plan.rollout, for: "bob@ci", epochAbove: 0)
        return try await driver(fleet, lease)
            .run(after: store.journal(of: plan.rollout), beginning: [.rolloutResumed(by: "bob@ci")])
    }
}

private final class SharedDate: Sendable {
    private let date = Mutex(Date(timeIntervalSince1970: 1_000_000))

    var value: Date { date.withLock { $0 } }

    func advance(by seconds: TimeInterval) { date.withLock { $0 += seconds } }
}

/// Keeps the news.
final class Recorder: RolloutObserver {
    private let news = Mutex<[RolloutNews]>([])

    func observe(_ news: RolloutNews) { self.news.withLock { $0.append(news) } }

    var isWaiting: Bool {
        news.withLock { $0 }.contains { if case .waiting = $0 { true } else { false } }
    }

    /// What a person was told beside the events.
    var notes: [String] {
        news.withLock { $0 }.compactMap { if case .noted(let text, _) = $0 { text } else { nil } }
    }

    /// The events that the engine has taken in.
    var events: [Event] {
        news.withLock { $0 }.compactMap { if case .happened(let event, _, _) = $0 { event } else { nil } }
    }
}

func name(_ text: String) throws -> HostName { try #require(HostName(text)) }

func step(_ operation: HostOperation, _ host: String) throws -> ScriptedFleet.Step {
    ScriptedFleet.Step(operation: operation, host: try name(host))
}

func digits(_ digit: String) -> String { String(repeating: digit, count: 64) }

extension RolloutDriver.Result {
    var ending: Ending? { if case .ended(let ending) = self { ending } else { nil } }
}
