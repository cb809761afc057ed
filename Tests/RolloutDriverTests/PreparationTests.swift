import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import RolloutEngine
import RolloutSpec
import Testing

@testable import RolloutDriver

@Suite struct PreparationTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    private func definition(_ lines: String) throws -> ServiceDefinition {
        let text = "service: shop\nartifact: app\n" + lines
        return try ServiceDefinition(RolloutSpec(text: text, file: "rollout.yaml"), scriptsIn: folder.path)
    }

    private func problems(_ lines: String) -> [String] {
        do {
            _ = try definition(lines)
            return []
        } catch let error as Diagnostics {
            return error.all.map { "\($0)" }
        } catch { return ["\(error)"] }
    }

    @Test func `scripts travel whole, with what the spec calls them`() throws {
        try folder.write("checks/health.sh", "#!/bin/sh\nexit 0\n")
        try folder.write("smoke.sh", "#!/bin/sh\nexit 1\n")
        let definition = try definition(
            """
            health: [{script: checks/health.sh, timeout: 2s}, {tcp: "127.0.0.1:80"}]
            hooks: {validate_service: smoke.sh}
            interval: 250ms
            """)
        #expect(definition.service == "shop")
        #expect(definition.control.unit == "shop.service")
        #expect(definition.intervalMilliseconds == 250)
        #expect(definition.checks.map(\.name) == ["checks/health.sh", "127.0.0.1:80"])
        #expect(definition.checks.first?.probe == .script(Array("#!/bin/sh\nexit 0\n".utf8)))
        #expect(definition.checks.first?.timeoutMilliseconds == 2000)
        #expect(definition.hooks.map(\.point) == [.validateService])
        #expect(definition.hooks.first?.content == Array("#!/bin/sh\nexit 1\n".utf8))
    }

    @Test func `every script that can't travel is named with its place`() throws {
        try folder.write("large.sh", "#!/bin/sh\n" + String(repeating: "#", count: ProtocolLimits.maximumScriptBytes))
        try folder.write("plain.sh", "exit 0\n")
        try FileManager.default.createDirectory(atPath: folder.path + "/folder", withIntermediateDirectories: true)
        let found = problems("health: [{script: none.sh}, {script: large.sh}, {script: plain.sh}, {script: folder}]")
        #expect(
            found == [
                "rollout.yaml:3:19: the script 'none.sh' can't be read: No such file or directory",
                "rollout.yaml:3:38: the script 'large.sh' is larger than 128 KiB",
                "rollout.yaml:3:58: the script 'plain.sh' names no interpreter",
                "rollout.yaml:3:78: the script 'folder' can't be read: Is a directory",
            ])
    }

    @Test func `hosts that can't take part are named with the remedy`() throws {
        var survey = Survey(unit: "shop.service", answers: [:])
        survey.answers[try name("a")] = .failure(.agentMissing)
        survey.answers[try name("b")] = .success(report { $0.unitState = "missing" })
        survey.answers[try name("c")] = .success(
            report {
                $0.diskTotalBytes = 1 << 30
                $0.diskFreeBytes = 10 << 20
            })
        survey.answers[try name("d")] = .success(report { _ in })
        let error = #expect(throws: PreparationError.self) { try survey.reports(forArtifactOf: 8 << 20) }
        guard case .hosts(let problems) = error else { return #expect(Bool(false), "another error") }
        #expect(
            problems == [
                HostProblem(try name("a"), "coord-agent is not installed", hint: "coord install INVENTORY"),
                HostProblem(
                    try name("b"), "there is no unit 'shop.service'",
                    hint: "install the unit on the host, or name another with 'systemd:'"),
                HostProblem(
                    try name("c"), "not enough disk space: 10 MiB free, 12 MiB needed",
                    hint: "free some, or lower 'keep_releases'"),
            ])
        survey.answers = [try name("d"): .success(report { _ in })]
        #expect(try survey.reports(forArtifactOf: 8 << 20).count == 1)
    }

    @Test func `a host is planned with what it runs and how it is`() throws {
        let sick = PlannedHost(
            try name("a"),
            report {
                $0.current = "1.0"
                $0.currentDigest = digits("1")
                $0.unitState = "failed"
            })
        #expect(sick.current == "1.0" && sick.currentDigest?.hex == digits("1") && sick.isSick)
        let bare = PlannedHost(try name("b"), report { $0.currentDigest = "nonsense" })
        #expect(bare.current == nil && bare.currentDigest == nil && !bare.isSick)
    }

    @Test func `of packed artifacts the newest stay, and those in use`() throws {
        let directory = ArtifactDirectory(in: folder.path)
        let now = Date()
        for age in 0..<8 {
            try folder.write("artifacts/\(digits("\(age)")).tar.zst", "", age: Double(age) * 60, now: now)
        }
        try folder.write("artifacts/.packing-old", "", age: 2 * 24 * 3600, now: now)
        try folder.write("artifacts/.packing-new", "", age: 60, now: now)
        try folder.write("artifacts/notes.txt", "", age: 1000, now: now)
        directory.prune(inUse: [try #require(Digest(hex: digits("7")))], now: now)
        let kept = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        let packed = ["0", "1", "2", "3", "4", "7"].map { digits($0) + ".tar.zst" }
        #expect(kept == [".packing-new"] + packed + ["notes.txt"])
    }

    private func report(_ change: (inout HostReport) -> Void) -> HostReport {
        var report = HostReport()
        report.unitState = "active"
        change(&report)
        return report
    }
}

/// A folder of the test's own.
final class Folder: Sendable {
    let path = NSTemporaryDirectory() + "coord-preparation-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, age: TimeInterval = 0, now: Date = Date()) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.modificationDate: now - age], ofItemAtPath: file.path)
    }
}
