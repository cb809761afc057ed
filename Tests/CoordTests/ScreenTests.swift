import AgentClient
import FleetModel
import HostAccess
import Reporting
import RolloutDriver
import RolloutEngine
import Testing

@testable import Coord
@testable import FleetOperations

/// What commands show on terminals of two widths, and in colours: the tables and groupings as people see them.
@Suite struct ScreenTests {
    /// Each picture below a heading; escape characters made visible, so that the files can be read.
    private func expect(_ name: String, _ pictures: [(String, [String])]) throws {
        let text = pictures.map { title, lines in "=== \(title)\n" + lines.map { "\($0)\n" }.joined() }.joined()
        try GoldenFile(name: "screen/\(name).txt").expect(text.replacing("\u{1B}", with: "␛"))
    }

    private func expect(_ name: String, _ lines: (Int?, Style) throws -> [String]) throws {
        try expect(
            name,
            [
                ("80 columns", try lines(80, .plain)), ("200 columns", try lines(200, .plain)),
                ("a pipe", try lines(nil, .plain)), ("in colours", try lines(80, .coloured)),
            ])
    }

    @Test func `check`() throws {
        let report = CheckReport(try SampleFleet.findings(), hasSpec: true)
        try expect("check") { report.lines(width: $0, style: $1) }
    }

    @Test func `check is quiet where all is well`() throws {
        let report = CheckReport(try SampleFleet.findings(), hasSpec: true)
        let well = CheckReport(Array(try SampleFleet.findings().prefix(1)), hasSpec: false)
        try expect(
            "check-quiet",
            [("problems", report.lines(width: 80, isQuiet: true)), ("none", well.lines(width: 80, isQuiet: true))])
    }

    @Test func `status`() throws {
        let rows = try SampleFleet.statusRows()
        try expect("status") { StatusRow.lines(rows, width: $0, style: $1) }
    }

    @Test func `exec, grouped`() throws {
        let answers = try SampleFleet.answers()
        try expect(
            "exec",
            [
                ("plain", CommandReport.groups(of: answers).lines() + CommandReport.summary(of: answers)),
                (
                    "in colours",
                    CommandReport.groups(of: answers).lines(style: .coloured)
                        + CommandReport.summary(of: answers, .coloured)
                ),
                ("quiet", CommandReport.groups(of: answers, isQuiet: true).lines()),
            ])
    }

    @Test func `logs`() throws {
        let records = try SampleFleet.journal()
        func lines(_ style: Style) -> [String] {
            records.enumerated().flatMap { number, record in
                let name = style("web-\(number)", hue: number)
                return LogReport.lines(of: record, name: name, time: "Nov 23 15:48:39", style)
            }
        }
        try expect("logs", [("plain", lines(.plain)), ("in colours", lines(.coloured))])
    }

    @Test func `plan, with what changes in files`() throws {
        var report = PlanReport(try SampleFleet.plan(hostCount: 5), [])
        report.files = [
            PlanReport.File(
                path: "config/shop.env", change: "changed", isSecret: false, hosts: ["web-1", "web-2"],
                diff: ["--- config/shop.env", "+++ config/shop.env", "@@ -1,2 +1,2 @@", " A=1", "-B=2", "+B=3"]),
            PlanReport.File(path: "config/db.secret", change: "changed", isSecret: true, hosts: ["web-1"]),
            PlanReport.File(
                path: "config/logo", change: "added", isSecret: false, hosts: ["web-1"], notShown: "it is no text"),
        ]
        let large = PlanReport(try SampleFleet.plan(hostCount: 200), [])
        let canaryPlan = try SampleFleet.canaryPlan(hostCount: 6)
        var canary = PlanReport(canaryPlan, [])
        canary.upload = PlanReport.Upload(bytes: 12_000_000, hosts: 5)
        canary.estimate = PlanEstimate(of: canaryPlan, [], hostTime: HostTime(of: canaryPlan, measuredIn: nil))
        canary.allowed = ["Mon-Fri 09:00-16:00 Europe/Berlin"]
        canary.notices = ["web-3 is down by the balancers' own checks"]
        try expect(
            "plan",
            [
                ("plain", report.lines()), ("in colours", report.lines(style: .coloured)), ("200 hosts", large.lines()),
                ("canary", canary.lines()), ("canary, as JSON", [canary.jsonLine]),
            ])
    }

    @Test func `the question before a rollout names the strategy, the worst moment and the first step`() throws {
        let plans = [try SampleFleet.plan(hostCount: 5), try SampleFleet.canaryPlan(hostCount: 6)]
        try expect("question", plans.map { ($0.strategy.rawValue, [LaunchQuestion($0).text]) })
    }

    @Test func `install and uninstall`() throws {
        let refusal = InstallError(.connect, "refuses connections", hint: "is sshd running there?")
        let user = Installation(
            change: .upgraded(from: "0.0.9"), agentVersion: "0.1.0", scope: .user, supervisor: .nothing)
        let system = Installation(change: .installed, agentVersion: "0.1.0", scope: .system, supervisor: .systemd)
        let installed: [Result<Installation, InstallError>] = [.success(system), .success(user), .failure(refusal)]
        let held = Uninstallation(outcome: .held(rollout: "r1", service: "shop", holder: "ann@laptop"))
        let removed: [Result<Uninstallation, InstallError>] = [
            .success(Uninstallation(outcome: .removed, installDirectories: ["/opt/shop"], keepsLinger: true)),
            .success(Uninstallation(outcome: .absent)), .success(held),
        ]
        let hosts = try SampleFleet.names.map(SampleFleet.host)
        func lines(_ style: Style) -> [String] {
            zip(hosts, installed).map { InstallLine($0, $1).text(style) }
                + zip(hosts, removed).map { UninstallLine($0, $1).text(style) }
        }
        try expect("install", [("plain", lines(.plain)), ("in colours", lines(.coloured))])
    }

    @Test func `errors of many hosts are told once for all that have the same`() throws {
        let same = try (1...40).map { number in
            HostProblem(try SampleFleet.host("web-\(number)"), "coord-agent is not installed", hint: "coord install F")
        }
        let failure = Failure([HostProblem(try SampleFleet.host("db"), SampleFleet.longText)] + same)
        try expect(
            "errors", [("plain", failure.lines()), ("in colours", failure.lines(style: .coloured))])
    }
}
