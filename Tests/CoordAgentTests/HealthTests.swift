import AgentProtocol
import Testing

@testable import CoordAgent

@Suite struct HealthTests {
    private func outcome(_ problem: String = "", pid: UInt64 = 10, restarts: UInt64 = 0) -> HealthRound.Outcome {
        var outcome = HealthRound.Outcome(problem: problem)
        outcome.unit = UnitStatus(
            systemctlOutput: Array("ActiveState=active\nMainPID=\(pid)\nNRestarts=\(restarts)\n".utf8))
        return outcome
    }

    @Test func `a service is healthy when it was well for long enough without a break`() {
        var window = HealthWindow(minimumMilliseconds: 1000)
        #expect(window.add(outcome(), at: 0) == .waiting)
        #expect(window.add(outcome("down"), at: 500) == .unhealthy)
        #expect(window.missingMilliseconds(at: 500) == nil)
        #expect(window.add(outcome(), at: 600) == .waiting)
        #expect(window.missingMilliseconds(at: 1500) == 100)
        #expect(window.add(outcome(), at: 1599) == .waiting)
        #expect(window.add(outcome(), at: 1600) == .healthy)
    }

    @Test func `a restart in between begins the time anew`() {
        var window = HealthWindow(minimumMilliseconds: 1000)
        #expect(window.add(outcome(), at: 0) == .waiting)
        #expect(window.add(outcome(pid: 11), at: 900) == .broken("the service was restarted: process 10, then 11"))
        #expect(window.add(outcome(pid: 11), at: 1000) == .waiting)
        #expect(window.add(outcome(pid: 11, restarts: 1), at: 1800) != .healthy)
        #expect(window.add(outcome(pid: 11, restarts: 1), at: 2800) == .healthy)
    }

    @Test func `systemd's answers are understood`() {
        let text = """
            LoadState=loaded
            ActiveState=activating
            SubState=auto-restart
            MainPID=7
            NRestarts=3
            MemoryCurrent=[not set]
            """
        let status = UnitStatus(systemctlOutput: Array(text.utf8))
        #expect(status.state == "activating" && status.detail == "auto-restart" && !status.isActive)
        #expect((status.mainPID, status.restarts, status.memoryBytes) == (7, 3, 0))
        let missing = UnitStatus(systemctlOutput: Array("ActiveState=inactive\nLoadState=not-found\n".utf8))
        #expect(missing.state == "missing")
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", false, ""), ("HTTP/1.0 503 Busy\r\n", false, "status 503 instead of 200"),
        ("HTTP/1.1 20", false, nil), ("HTTP/1.1 20", true, "no HTTP reply"),
        ("SSH-2.0-x\r\n", false, "not an HTTP reply"),
        ("HTTP/1.1 99999999999999999999 x\r\n", false, "not an HTTP reply"), ("\n", false, "not an HTTP reply"),
    ])
    func `an HTTP reply is judged by its status line`(reply: String, isOver: Bool, expected: String?) {
        let exchange = HTTPExchange(path: "/", expectedStatus: 200)
        #expect(exchange.problem(withReply: Array(reply.utf8), isOver: isOver) == expected)
    }

    @Test func `a path cannot smuggle a header`() {
        let request = HTTPExchange(path: "/a\r\nX: y", expectedStatus: 200).request(host: "127.0.0.1:80")
        #expect(String(decoding: request, as: UTF8.self).hasPrefix("GET /aX:y HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"))
    }

    @Test func `network checks pass where somebody answers and fail where nobody does`() throws {
        let host = try AgentHost()
        let server = try TestServer(reply: "HTTP/1.1 204 No Content\r\n\r\n")
        func health(_ probe: HealthCheck.Probe) throws -> HostReport {
            var definition = host.definition(checks: [HealthCheck(name: "net", probe: probe, timeoutMilliseconds: 500)])
            definition.control = ServiceControl()
            return try host.connect().inspect(definition, probes: true)
        }
        #expect(try health(.tcp(host: "127.0.0.1", port: server.port)).health == .healthy)
        #expect(try health(.http(host: "localhost", port: server.port, path: "/", status: 204)).health == .healthy)
        let wrong = try health(.http(host: "127.0.0.1", port: server.port, path: "/", status: 200))
        #expect(wrong.healthProblem.hasSuffix("status 204 instead of 200"))
        server.stopAnswering()
        #expect(try health(.http(host: "127.0.0.1", port: server.port, path: "/", status: 204)).health == .unhealthy)
        #expect(try health(.tcp(host: "no.such.name", port: 1)).healthProblem.contains("neither an IP address"))
    }

    @Test func `a service that never gets well fails its watch with the last output`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let check = HealthCheck(
            name: "checks/health.sh", probe: .script(Array("#!/bin/sh\necho sick\nexit 4\n".utf8)),
            timeoutMilliseconds: 1000)
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition(checks: [check]))
        let watch = StepAction.watch(minimumHealthyMilliseconds: 100, deadlineMilliseconds: 500)
        let result = try agent.perform(host.claim(), "watch", watch)
        #expect(result.ending == .unhealthy)
        #expect(result.problem.hasPrefix("check checks/health.sh: failed with exit status 4"))
        #expect(String(decoding: result.output, as: UTF8.self) == "sick\n")
    }
}
