import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import Testing

@testable import Coord
@testable import RolloutDriver

/// `coord plan -o` and `coord rollout --plan`: what was approved is carried out, or nothing.
@Suite struct ApprovedPlanTests {
    private let folder: String
    private let plan: RolloutPlan
    private let inputs: PlanInputs

    init() throws {
        let program = try Program()
        folder =
            FileManager.default.temporaryDirectory.path(percentEncoded: false)
            + (program.folder as NSString).lastPathComponent + ".json"
        let plan = try SampleFleet.canaryPlan(hostCount: 6)
        self.plan = plan
        let names = plan.hosts.map { ($0.name.text, plan.digest) }
        inputs = PlanInputs(
            specification: plan.digest, artifact: plan.digest, hosts: plan.hosts,
            inventory: Dictionary(names, uniquingKeysWith: { first, _ in first }), traffic: plan.traffic)
    }

    private func prepared(_ plan: RolloutPlan) -> PreparedRollout {
        let job = RolloutJob(
            plan: plan, endpoints: plan.hosts.map { HostEndpoint(name: $0.name, address: "::1", user: "root") },
            definition: ServiceDefinition(),
            artifact: ArtifactReference(
                release: "1.4.2", digest: plan.digest.hex, size: 1, packedDigest: plan.digest.hex, packedSize: 1),
            artifactDirectory: nil, hooks: [])
        return PreparedRollout(job: job, artifact: nil, reports: [:])
    }

    private func approved() throws -> ApprovedPlan {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try ApprovedPlan.write(PlanDocument(plan, from: inputs), to: folder)
        return try ApprovedPlan(reading: folder)
    }

    @Test func `a plan comes back from its file as it was, and runs under the new rollout's name`() throws {
        let approved = try approved()
        #expect(approved.document.plan == plan && approved.document.inputs == inputs)
        var later = plan
        later.rollout = try #require(RolloutID("r2"))
        later.hosts[0].target = "1.4.2+r2"
        let result = try approved.replacing(prepared(later), inputs)
        #expect(result.job.plan == later)
    }

    @Test func `every difference since then is named, and nothing runs`() throws {
        var now = inputs
        now.specification = try #require(Digest(hex: String(repeating: "c", count: 64)))
        now.hosts[1].current = "1.3.0"
        now.traffic?.initial.weights["web-3"] = 0
        now.inventory["web-4"] = now.specification
        let approved = try approved()
        let failure = #expect(throws: Failure.self) { try approved.replacing(prepared(plan), now) }
        let problems = failure?.diagnostics.map(\.problem) ?? []
        #expect(problems.contains("the specification has changed"))
        #expect(problems.contains { $0.contains("web-2 runs 1.3.0") })
        #expect(problems.contains { $0.contains("web-3 has the weight 0") })
        #expect(problems.contains { $0.contains("web-4 has another address") })
        #expect(failure?.status == .failedUnchanged)
    }

    @Test func `a plan that would be made otherwise now is refused, as an edited file is`() throws {
        let approved = try approved()
        var other = plan
        other.steps.removeLast()
        let failure = #expect(throws: Failure.self) { try approved.replacing(prepared(other), inputs) }
        #expect(failure?.diagnostics.first?.problem.contains("other steps") == true)
    }

    @Test func `a file that is no plan is told as such`() throws {
        try Data("{}".utf8).write(to: URL(filePath: folder))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let failure = #expect(throws: Failure.self) { try ApprovedPlan(reading: folder) }
        #expect(failure?.status == .usage)
        #expect(throws: Failure.self) { try ApprovedPlan(reading: folder + ".none") }
    }
}
