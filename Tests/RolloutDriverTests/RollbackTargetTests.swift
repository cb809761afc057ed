import AgentProtocol
import FleetModel
import Testing

@testable import RolloutDriver

@Suite struct RollbackTargetTests {
    private func reports(_ hosts: [(String, previous: String, held: [(String, String)])]) throws -> [HostName:
        HostReport]
    {
        try hosts.reduce(into: [:]) { reports, host in
            var report = HostReport()
            report.previous = host.previous
            report.releases = host.held.map { StagedRelease(name: $0.0, digest: digits($0.1)) }
            reports[try name(host.0)] = report
        }
    }

    private func target(
        _ wanted: String?, _ hosts: [(String, previous: String, held: [(String, String)])]
    ) throws -> RollbackTarget {
        try RollbackTarget(
            wanted.flatMap(ReleaseID.init), among: reports(hosts), in: hosts.map { try name($0.0) })
    }

    @Test func `without a name it is the release that all hosts ran before`() throws {
        let target = try target(
            nil, [("a", "1.0", [("1.0", "1"), ("2.0", "2")]), ("b", "1.0", [("1.0", "1"), ("2.0", "2")])])
        #expect(target.release.text == "1.0")
        #expect(target.digest.hex == digits("1"))
    }

    @Test func `a release that is named need not be the previous one`() throws {
        let target = try target("0.9", [("a", "1.0", [("0.9", "9")]), ("b", "", [("0.9", "9")])])
        #expect(target.release.text == "0.9")
    }

    @Test func `hosts that ran different releases before are listed`() throws {
        let error = #expect(throws: PreparationError.self) {
            try target(nil, [("a", "1.0", []), ("b", "1.1", []), ("c", "", [])])
        }
        guard case .nothingToGoBackTo(let problem) = error else { return #expect(Bool(false), "another error") }
        #expect(problem.hasSuffix("none on c; 1.0 on a; 1.1 on b"))
    }

    @Test func `hosts that lack the release are named with what they hold`() throws {
        let error = #expect(throws: PreparationError.self) {
            try target("1.0", [("a", "", [("1.0", "1")]), ("b", "", [("2.0", "2")]), ("c", "", [])])
        }
        guard case .hosts(let problems) = error else { return #expect(Bool(false), "another error") }
        #expect(
            problems == [
                HostProblem(try name("b"), "release 1.0 is not there", hint: "it holds: 2.0"),
                HostProblem(try name("c"), "release 1.0 is not there", hint: "it holds no release"),
            ])
    }

    @Test func `one name for different bytes is refused`() throws {
        let error = #expect(throws: PreparationError.self) {
            try target("1.0", [("a", "", [("1.0", "1")]), ("b", "", [("1.0", "2")])])
        }
        guard case .nothingToGoBackTo(let problem) = error else { return #expect(Bool(false), "another error") }
        #expect(problem == "the hosts hold different bytes under the name 1.0")
    }
}
