import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import Testing

@testable import Coord
@testable import FleetOperations

/// Hosts as the tables have to show them: a short name, a long one, and all that can be wrong with the others.
enum SampleFleet {
    static let names = ["db-1", "web-01.fra.example.com", "web-02.fra.example.com", "edge", "old-server"]

    /// What a host may say that has no line end where one is wanted, and no end.
    static let longText = "connection refused: " + String(repeating: "数据库 is away; ", count: 250)

    static func host(_ name: String) throws -> HostName { try #require(HostName(name)) }

    static func findings() throws -> [HostFindings] {
        var hosts = try names.map { HostFindings(host: try host($0)) }
        for index in hosts.indices.dropLast(2) {
            hosts[index].passed = [.reach, .hostKey, .login, .sudo, .agent, .disk, .clock, .unit, .lock]
            hosts[index].loginTime = .milliseconds(80 + index * 7)
            (hosts[index].agentVersion, hosts[index].protocolVersion) = ("0.1.0", 3)
            (hosts[index].installDiskFreeBytes, hosts[index].stateDiskFreeBytes) = (41 << 30, 980 << 20)
            hosts[index].clockOffset = .milliseconds(120)
            (hosts[index].unitState, hosts[index].release) = ("active", "1.4.2-rc.1")
        }
        hosts[1].clockOffset = .seconds(-7300)
        hosts[1].fail(.clock, "its clock is 2 h behind", hint: "is NTP running there?", isWarning: true)
        hosts[2].passed.remove(.lock)
        hosts[2].holder = "20261123101500-4fa1 of ann@laptop"
        hosts[2].fail(.lock, "held by rollout 20261123101500-4fa1 of ann@laptop", hint: "wait for it")
        for index in [3, 4] { hosts[index].fail(.reach, longText, hint: "is sshd running there?") }
        return hosts
    }

    static func statusRows() throws -> [StatusRow] {
        var report = HostReport()
        (report.current, report.previous, report.unitState, report.health) = ("1.4.2", "1.4.1", "active", .healthy)
        var sick = report
        (sick.unitState, sick.health, sick.restarts) = ("failed", .unhealthy, 12)
        sick.healthProblem = longText
        return [
            StatusRow(try host(names[0]), .success(report)), StatusRow(try host(names[1]), .success(report)),
            StatusRow(try host(names[2]), .success(sick)), StatusRow(try host(names[3]), .failure(.agentMissing)),
            StatusRow(
                try host(names[4]),
                .failure(.unreachable(HostAccessError(.connectionRefused, "192.0.2.4:22 refuses connections")))),
        ]
    }

    static func answers() throws -> [CommandAnswer] {
        func ran(_ ending: CommandEnding, _ output: String, _ errors: String = "") -> CommandAnswer.Result {
            .ran(CommandOutcome(ending: ending, output: Array(output.utf8), errorOutput: Array(errors.utf8)))
        }
        let results: [CommandAnswer.Result] = [
            ran(.exited(0), "Linux\n"), ran(.exited(0), "Linux\n"),
            ran(.exited(2), "", "df: no such file\n\u{1B}[2J\n"),
            ran(.timedOut, "half a line"),
            .unreachable(HostAccessError(.connectionRefused, "refuses connections", hint: "is sshd running there?")),
        ]
        return zip(try names.map(host), results).map { CommandAnswer(host: $0, result: $1) }
    }

    static func journal() throws -> [JournalRecord] {
        try [("6", "listens on 8080"), ("4", "slow"), ("3", "panic:\n  at main"), ("6", "数据库 \u{1B}[2J")].map {
            let fields = ["__CURSOR": "s=1", "__REALTIME_TIMESTAMP": "1", "PRIORITY": $0, "MESSAGE": $1]
            return try #require(JournalRecord(line: Array(JSONEncoder().encode(fields))))
        }
    }

    /// All behind two balancers, in two racks.
    static func canaryPlan(hostCount: Int) throws -> RolloutPlan {
        let steps: [CanaryStep] = [
            .setCanary(.count(1)), .setWeight(5), .pause(.seconds(300)), .analysis(AnalysisName("errors")),
        ]
        var rest = Rolling(stages: [.percent(50)], maximumUnavailable: .percent(50))
        rest.domains = [DomainPromise(label: "rack", maximumUnavailable: 2)]
        let canary = Canary(steps: steps, promotesItself: false, rest: rest)
        return try plan(hostCount: hostCount, .canary(canary)) { request in
            for index in request.hosts.indices { request.hosts[index].domains = ["rack": index % 2 == 0 ? "a" : "b"] }
            request.traffic = TrafficPlan(
                balancers: try ["lb1", "lb2"].map(host),
                members: request.hosts.map {
                    TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 8080)
                },
                initial: TrafficAllocation(
                    weights: Dictionary(
                        request.hosts.map { ($0.name.text, 100) }, uniquingKeysWith: { first, _ in first })))
        }
    }

    static func plan(
        hostCount: Int,
        _ strategy: Strategy = .rolling(Rolling(stages: [.count(1), .percent(50)], maximumUnavailable: .percent(50))),
        change: (inout PlanRequest) throws -> Void = { _ in }
    ) throws -> RolloutPlan {
        let (old, new) = (
            Digest(hex: String(repeating: "a", count: 64)), Digest(hex: String(repeating: "b", count: 64))
        )
        let hosts = try (1...hostCount).map { number in
            let isDone = number == hostCount
            return PlannedHost(
                name: try host("web-\(number)"), current: isDone ? "1.4.2" : number == 1 ? nil : "1.4.1",
                currentDigest: isDone ? new : number == 1 ? nil : old, isSick: false)
        }
        var request = PlanRequest(
            rollout: try #require(RolloutID("r1")), service: try #require(ServiceName("shop")),
            release: try #require(ReleaseID("1.4.2")), digest: try #require(new), hosts: hosts,
            strategy: strategy)
        try change(&request)
        return try request.plan()
    }
}
