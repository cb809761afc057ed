import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import RolloutDriver
import RolloutEngine
import RolloutStore
import Testing

@testable import Coord

/// What `pause`, `retry`, `show` and `history` print about a rollout that another terminal drives.
@Suite struct RequestScreenTests {
    private let program: Program
    private let store: SQLiteStore
    private let lease: Lease

    init() throws {
        program = try Program()
        store = try SQLiteStore(directory: program.folder + "/.coord")
        var plan = try SampleFleet.plan(hostCount: 5)
        plan.policy.onFailure = .pause
        let job = RolloutJob(
            plan: plan, endpoints: plan.hosts.map { HostEndpoint(name: $0.name, address: "::1", user: "root") },
            definition: ServiceDefinition(),
            artifact: ArtifactReference(
                release: "1.4.2", digest: plan.digest.hex, size: 1, packedDigest: plan.digest.hex, packedSize: 1),
            artifactDirectory: nil, hooks: [])
        let rollout = NewRollout(
            id: plan.rollout, domain: "shop@inventory.ini", service: plan.service, release: plan.release,
            job: try job.encoded())
        lease = try store.create(rollout, for: "ann@laptop", epochAbove: 0)
        let stages = plan.changedHosts.map { Event.operationFinished(.stage, on: $0, .succeeded) }
        let activation = Event.operationFinished(.activate, on: plan.batches[0][0], .succeeded)
        try happen([.rolloutStarted] + stages + [activation])
    }

    private func happen(_ events: [Event], at milliseconds: Int64 = 1000) throws {
        let now = RolloutInstant(milliseconds: milliseconds)
        try store.append(events.map { JournalEntry($0, at: now) }, under: lease)
    }

    /// The command and what it prints, its request taken as the coordinator does.
    private func transcript(_ arguments: String...) async throws -> String {
        let running = Task { try await program.run(arguments) }
        let taking = Task {
            while !Task.isCancelled {
                for asked in try store.waitingRequests(of: lease.rollout) {
                    let event = Event.operatorAsked(asked.request, by: asked.by)
                    let entry = JournalEntry(event, at: RolloutInstant(milliseconds: 1500))
                    try store.append([entry], taking: [asked.id], under: lease)
                }
                await Task.yield()
            }
        }
        defer { taking.cancel() }
        let outcome = try await running.value
        // The width of a column goes with the name of whoever runs the test.
        let text = (outcome.output + outcome.errors)
            .replacing(operatorName, with: "bob@desk").replacing(#/ {2,}/#, with: "  ").replacing(
                /\d{4}-\d\d-\d\dT[\d:]{8}Z/, with: "2026-11-23T10:15:00Z")
        return "$ coord \(arguments.joined(separator: " "))\n\(text)"
    }

    @Test func `a rollout is paused, retried, and shown with who asked for it`() async throws {
        var text = try await transcript("retry", "r1")
        text += try await transcript("pause", "r1", "--reason", "db is slow")
        let host = try SampleFleet.host("web-1")
        try happen(
            [.operationFinished(.watch, on: host, .failed(HostFailure(.unhealthy, "check http: 503")))], at: 1500)
        text += try await transcript("pause", "r1")
        text += try await transcript("promote", "r1")
        text += try await transcript("skip", "wbe-2", "r1")
        text += try await transcript("skip", "web-2", "r1")
        text += try await transcript("history")
        text += try await transcript("retry", "r1")
        text += try await transcript("show", "r1")
        try GoldenFile(name: "screen/requests.txt").expect(text)
    }

    @Test func `two who ask for the same at once hear the same`() async throws {
        let taking = Task {
            var asked = try store.waitingRequests(of: lease.rollout)
            while asked.count < 2 {
                await Task.yield()
                try Task.checkCancellation()
                asked = try store.waitingRequests(of: lease.rollout)
            }
            let entries = asked.map {
                JournalEntry(.operatorAsked($0.request, by: $0.by), at: RolloutInstant(milliseconds: 1500))
            }
            try store.append(entries, taking: asked.map(\.id), under: lease)
        }
        defer { taking.cancel() }
        async let one = program.run("skip", "web-2", "r1")
        async let other = program.run("skip", "web-2", "r1")
        let outcomes = try await [one, other]
        #expect(outcomes.map(\.status) == [0, 0])
        #expect(outcomes[0].output == outcomes[1].output)
    }
}
