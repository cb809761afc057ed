import AgentProtocol
import HostConfiguration
import FleetModel
import Foundation
import Inventory
import RolloutEngine
import RolloutSpec
import Testing

@testable import RolloutDriver

@Suite struct ConfigurationTests {
    private func directory(_ comparison: Comparison?, held: [StagedRelease], current: String = "") throws -> String? {
        var report = HostReport()
        (report.releases, report.current) = (held, current)
        let directory = ReleaseDirectory(
            release: try #require(ReleaseID("1.0")), digest: try #require(Digest(hex: digits("1"))),
            rollout: try #require(RolloutID("r7")))
        return try directory.name(on: name("a"), report, comparison)
    }

    @Test func `a release with another configuration gets a directory of its own`() throws {
        let plain = StagedRelease(name: "1.0", digest: digits("1"))
        #expect(try directory(nil, held: [plain]) == nil)
        #expect(try directory(Comparison(), held: []) == "1.0")
        #expect(try directory(Comparison(), held: [plain], current: "1.0") == "1.0+r7")
        var same = Comparison()
        same.matching = [StagedRelease(name: "1.0+r3", digest: digits("1")), plain]
        #expect(try directory(same, held: [plain], current: "1.0") == "1.0")
        #expect(try directory(same, held: [plain], current: "0.9") == "1.0+r3")
    }

    @Test func `other bytes under the release's name are told before anything is begun`() throws {
        let other = StagedRelease(name: "1.0+r2", digest: digits("2"), release: "1.0")
        let error = #expect(throws: HostProblem.self) { try directory(nil, held: [other]) }
        #expect(error?.problem == "release 1.0 is there already with other content")
    }

    @Test func `secrets come from files, commands and the environment, and errors do not tell them`() async throws {
        let folder = try Folder()
        try folder.write("key", "abc\n")
        let specification = try RolloutSpec(
            text: """
                service: s
                artifact: a
                secrets: [{file: key, name: a}, {command: "echo def", name: b}, {environment: PATH, name: c}]
                """, file: "r.yaml")
        let values = try await SecretReader(directory: folder.path).read(specification.secrets)
        #expect(values.prefix(2).map(\.exposed) == [Array("abc\n".utf8), Array("def".utf8)])
        #expect(!"\(values)".contains("abc"))
        let wrong = try RolloutSpec(
            text: """
                service: s
                artifact: a
                secrets:
                  - {file: none, name: a}
                  - {command: "echo hidden; echo locked >&2; exit 3", name: b}
                  - {environment: COORD_NOT_SET, name: c}
                  - {command: "true", name: d}
                """, file: "r.yaml")
        let error = await #expect(throws: Diagnostics.self) {
            try await SecretReader(directory: folder.path).read(wrong.secrets)
        }
        #expect(
            error?.all.map(\.description) == [
                "r.yaml:4:12: the secret 'none' can't be read: No such file or directory",
                "r.yaml:5:15: the command for a secret, 'echo hidden; echo locked >&2; exit 3', failed "
                    + "(exit status 3): locked",
                "r.yaml:6:19: the environment variable 'COORD_NOT_SET' is not set",
                "r.yaml:7:15: the command for a secret, 'true', printed nothing",
            ])
    }

    @Test func `a diff has the lines that change and three around them`() {
        let old = (1...12).map { "line \($0)" }
        var new = old
        new[5] = "new\u{1B}[2J"
        new.append("end")
        #expect(
            UnifiedDiff.lines(from: old, to: new) == [
                "@@ -3,10 +3,11 @@", " line 3", " line 4", " line 5", "-line 6", "+new[2J", " line 7", " line 8",
                " line 9", " line 10", " line 11", " line 12", "+end",
            ])
        #expect(UnifiedDiff.lines(from: [], to: ["a"]) == ["@@ -0,0 +1,1 @@", "+a"])
        #expect(UnifiedDiff.lines(from: ["a"], to: ["a"]).isEmpty)
    }
}
