import AgentProtocol
import FleetModel
import Foundation
import RolloutEngine
import RolloutSpec
import RolloutStore
import Testing

@testable import RolloutDriver

/// A canary of one host, and an analysis of it, with everything but the hosts real.
@Suite struct MeasuredRolloutTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    private func scene(hosts: [String] = ["a", "b", "c"]) throws -> Scene {
        try Scene { request in
            request.hosts = hosts.compactMap(HostName.init).map {
                PlannedHost(name: $0, current: "1.0", currentDigest: Digest(hex: digits("1")), isSick: false)
            }
            request.strategy = .canary(
                Canary(steps: [.setCanary(.count(1)), .analysis(AnalysisName("errors"))], rest: Rolling()))
        }
    }

    private func recipe(_ analysis: String) throws -> AnalysisRecipe {
        let text = """
            service: shop
            artifact: app
            strategy: {canary: {steps: [{set_canary: 1}, {analysis: errors}]}}
            analyses: {errors: \(analysis)}
            """
        return AnalysisRecipe(
            try RolloutSpec(text: text, file: "rollout.yaml").analyses, directory: folder.path)
    }

    private func script(_ lines: String) throws {
        try folder.write("measure.sh", "#!/bin/sh\n" + lines)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path + "/measure.sh")
    }

    private func drive(
        _ scene: Scene, _ fleet: ScriptedFleet, _ recipe: AnalysisRecipe, evidence: EvidenceFolder? = nil
    ) async throws -> RolloutDriver.Result {
        var job = scene.job()
        job.analyses = recipe
        let driver = RolloutDriver(
            job: job, lease: try scene.create(), store: scene.store, fleet: fleet, observer: scene.observer,
            evidence: evidence)
        return try await driver.run(after: [], beginning: [.rolloutStarted])
    }

    private func verdicts(_ scene: Scene) -> [AnalysisVerdict] {
        scene.observer.events.compactMap { if case .analysed(_, _, let verdict) = $0 { verdict } else { nil } }
    }

    @Test func `a script that measures badly has the canary rolled back and no other host touched`() async throws {
        try script("echo \"$COORD_CANARY against $COORD_BASELINE\" > sides\necho error_rate 0.2\n")
        let scene = try scene()
        let recipe = try recipe("{metric: {script: measure.sh}, failure: '> 0.1', interval: 1s}")
        let fleet = ScriptedFleet(scene.plan)
        let ending = try #require(try await drive(scene, fleet, recipe).ending)
        #expect(ending.verdict == .unchanged)
        #expect(ending.reason?.contains("analysis errors failed") == true)
        #expect(fleet.performed.filter { $0.operation == .activate } == [try step(.activate, "a")])
        #expect(try String(contentsOfFile: folder.path + "/sides", encoding: .utf8) == "a against b c\n")
        #expect(
            try scene.store.measurements(of: scene.plan.rollout).map(\.measurement.reading) == [.value(0.2)])
    }

    @Test func `a script that fails follows the limit on errors, and its last words are the reason`() async throws {
        try script("echo 'no such table' >&2\nexit 3\n")
        let scene = try scene()
        let recipe = try recipe(
            "{metric: {script: measure.sh}, success: '< 1', interval: 1s, consecutive_error_limit: 1}")
        let ending = try #require(try await drive(scene, ScriptedFleet(scene.plan), recipe).ending)
        #expect(ending.verdict == .unchanged)
        #expect(ending.reason?.contains("(exit status 3): no such table (2 errors one after the other)") == true)
    }

    @Test func `agents' samples are judged on the canary alone`() async throws {
        let scene = try scene()
        let recipe = try recipe("{metric: {agent: memory}, success: '< 1000', count: 2, interval: 1s}")
        var (small, large) = (Sample(), Sample())
        (small.memoryBytes, large.memoryBytes) = (10, 5000)
        let fleet = ScriptedFleet(scene.plan, samples: [try name("a"): small, try name("b"): large])
        #expect(try await drive(scene, fleet, recipe).ending?.verdict == .complete)
        let kept = try scene.store.measurements(of: scene.plan.rollout).map(\.measurement.reading)
        #expect(kept == [.perHost([try name("a"): 10]), .perHost([try name("a"): 10])])
    }

    @Test func `a comparison measures before anything changes, says what it can find, and judges the change`()
        async throws
    {
        // The canary's number is larger once it runs the release: the script is told when by a file.
        try script("echo a $(cat now 2>/dev/null || echo 10.$(date +%N))\necho b 10.3\necho c 10.1\n")
        let scene = try scene()
        let recipe = try recipe("{metric: {script: measure.sh}, interval: 1s, compare: {maximum: 4s}}")
        #expect(recipe.refusal(of: scene.plan) == nil)
        _ = try await drive(scene, ScriptedFleet(scene.plan), recipe)
        let kept = try scene.store.measurements(of: scene.plan.rollout).map(\.measurement)
        #expect(kept.prefix(2).map(\.occasion) == [.before, .before])
        #expect(kept.dropFirst(2).allSatisfy { $0.occasion != .before })
        #expect(scene.observer.notes.contains { $0.contains("1 canary against 2 baseline hosts: ") })
        let started = try #require(try scene.store.journal(of: scene.plan.rollout).first)
        #expect(started.event == .rolloutStarted)
        #expect(verdicts(scene).count == 1)
    }

    @Test func `a comparison with fewer than two untouched hosts is refused`() throws {
        let scene = try scene(hosts: ["a", "b"])
        let recipe = try recipe("{metric: {script: measure.sh}, compare: {}}")
        #expect(
            recipe.refusal(of: scene.plan)?.problem.hasPrefix(
                "analysis 'errors' compares 1 changed with 1 untouched hosts that are up") == true)
    }

    @Test func `scripts that are not there are named with their place`() throws {
        let missing = try recipe("{metric: {script: measure.sh}, success: '< 1'}").missingScripts
        #expect(missing.map(\.problem) == ["'measure.sh' is not an executable file"])
        #expect(missing.first?.location?.line == 4)
    }

    @Test func `what a host that failed has to say is kept before it is restored, for its owner alone`() async throws {
        let scene = try scene()
        let recipe = try recipe("{metric: {agent: memory}, success: '< 1000'}")
        var evidence = Evidence()
        evidence.journal = Array("shop: can't open \u{1B}[31m/etc/shop.key\n".utf8)
        evidence.facts = [HostFact(name: HostFact.Name.kernel, value: "6.1")]
        let failure = HostFailure(.unhealthy, "check failed", output: "HTTP 503")
        var sample = Sample()
        (sample.mainPID, sample.isHealthy, sample.logErrors) = (7, false, 3)
        let fleet = ScriptedFleet(
            scene.plan, [try step(.watch, "a"): .fails(failure)], samples: [try name("a"): sample],
            evidence: [try name("a"): evidence])
        let folder = EvidenceFolder(of: scene.plan.rollout, in: scene.directory)
        #expect(try await drive(scene, fleet, recipe, evidence: folder).ending?.verdict == .unchanged)
        let file = folder.file(of: try name("a"))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("--- log\nshop: can't open [31m/etc/shop.key\n"))
        #expect(text.contains("problem: check failed\n") && text.contains("HTTP 503") && text.contains("kernel: 6.1"))
        #expect(text.hasSuffix("checks: failed → failed\nlog errors since then: 3\n\n--- facts\nkernel: 6.1\n\n"))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let folderAttributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect(folderAttributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `what failed hosts have in common, and those that went well have not, is a suspect`() async throws {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
        let scene = try Scene { request in
            request.hosts = names.compactMap(HostName.init).map {
                PlannedHost(name: $0, current: "1.0", currentDigest: Digest(hex: digits("1")), isSick: false)
            }
            request.onFailure = .continue
            request.strategy = .rolling(Rolling(stages: [.percent(100)], maximumUnavailable: .percent(100)))
        }
        let sick = Set(names.prefix(4))
        var script: [ScriptedFleet.Step: ScriptedFleet.Answer] = [:]
        for host in sick { script[try step(.watch, host)] = .fails(HostFailure(.unhealthy, "check failed")) }
        let evidence = Dictionary(
            uniqueKeysWithValues: try names.map { host in
                var evidence = Evidence()
                evidence.facts = [HostFact(name: HostFact.Name.kernel, value: sick.contains(host) ? "6.1" : "5.10")]
                return (try name(host), evidence)
            })
        let folder = EvidenceFolder(of: scene.plan.rollout, in: scene.directory)
        let fleet = ScriptedFleet(scene.plan, script, evidence: evidence)
        let driver = RolloutDriver(
            job: scene.job(), lease: try scene.create(), store: scene.store, fleet: fleet, observer: scene.observer,
            evidence: folder)
        _ = try await driver.run(after: [], beginning: [.rolloutStarted])
        #expect(folder.suspects.first?.hasPrefix("4/4 failures have kernel 6.1; 0/4 others do") == true)
    }
}
