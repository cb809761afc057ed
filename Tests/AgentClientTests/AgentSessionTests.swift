import AgentProtocol
import HostAccess
import Testing

@testable import AgentClient

@Suite struct AgentSessionTests {
    let clock = ManualClock()

    func session(with agent: ScriptedAgent, user: String = "root") async throws(AgentError) -> AgentSession {
        try await AgentSession.attach(
            to: ScriptedConnection(agent), on: .named(user), coordinatorVersion: "1.0.0", clock: clock,
            deadline: .seconds(10)
        ).session
    }

    static let perform = Request.perform(Perform(claim: .test, step: "activate-1", action: .revert))
    static let inspect = Request.inspect(Inspect(definition: ServiceDefinition(), probesHealth: false))

    @Test func `replies reach their own waiters in whatever order they come`() async throws {
        // Answers the first request only after the second, and then in reverse.
        let pending = Log<UInt32>()
        let session = try await session(
            with: ScriptedAgent { request, id, stream in
                pending.append(id)
                guard pending.entries.count == 2 else { return }
                for id in pending.entries.reversed() {
                    await stream.reply(
                        .performed(StepResult(ending: .succeeded, durationMilliseconds: UInt64(id))), to: id)
                }
            })
        async let one = session.reply(to: Self.perform, deadline: .seconds(5))
        async let other = session.reply(to: Self.perform, deadline: .seconds(5))
        let durations = try await [one, other].map { reply -> UInt64 in
            guard case .performed(let result) = reply else { return 0 }
            return result.durationMilliseconds
        }
        #expect(Set(durations) == Set(pending.entries.map(UInt64.init)))
        #expect(clock.sleeperCount == 0)
        await session.close()
    }

    @Test func `progress is heard before the reply, in order`() async throws {
        let session = try await session(
            with: ScriptedAgent { _, id, stream in
                await stream.reply(.progressed(Progress(text: "stopping")), to: id)
                await stream.reply(.progressed(Progress(text: "starting")), to: id)
                await stream.reply(.performed(StepResult(ending: .succeeded)), to: id)
            })
        let heard = Log<String>()
        _ = try await session.reply(to: Self.perform, deadline: .seconds(5)) { heard.append($0.text) }
        #expect(heard.entries == ["stopping", "starting"])
        await session.close()
    }

    @Test func `a request without a reply times out, and its late reply harms nobody`() async throws {
        let late = Log<UInt32>()
        let session = try await session(
            with: ScriptedAgent { request, id, stream in
                guard late.entries.isEmpty else {
                    await stream.reply(.finished, to: late.entries[0])
                    return await stream.reply(.begun, to: id)
                }
                late.append(id)
            })
        let timedOut = Task { try await session.reply(to: Self.perform, deadline: .seconds(5)) }
        await clock.passSleep(of: .seconds(5))
        await #expect(throws: AgentError.timedOut("step activate-1")) { try await timedOut.value }
        #expect(try await session.reply(to: Self.inspect, deadline: .seconds(5)) == .begun)
        await session.close()
    }

    @Test(arguments: [
        Array("Welcome to web-01!\n".utf8),  // a length of 1.4 GB
        [0, 0, 0, 2, 130, 0],  // too short for a header
        Frame(kind: 99, id: 2, body: []).encoded,
        Reply.begun.frame(id: 7).encoded,  // to a request that was not made
        Frame(kind: 134, id: 2, body: [0xFF]).encoded,
    ])
    func `garbage from the agent fails every waiter with a protocol violation`(garbage: [UInt8]) async throws {
        let session = try await session(
            with: ScriptedAgent { request, _, stream in
                if case .inspect = request { await stream.send(garbage) }
            })
        let waiting = Task { try await session.reply(to: Self.perform, deadline: .seconds(60)) }
        let asking = Task { try await session.reply(to: Self.inspect, deadline: .seconds(60)) }
        for outcome in [await Result { try await waiting.value }, await Result { try await asking.value }] {
            guard case .failure(AgentError.protocolViolation) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(clock.sleeperCount == 0)
        await session.close()
    }

    @Test func `a cancelled waiter leaves nothing and the session goes on`() async throws {
        let arrived = AsyncStream.makeStream(of: Void.self)
        let session = try await session(
            with: ScriptedAgent { request, id, stream in
                guard case .inspect = request else { return arrived.continuation.finish() }
                await stream.reply(.report(HostReport()), to: id)
            })
        let waiting = Task { () async throws(AgentError) in
            try await session.reply(to: Self.perform, deadline: .seconds(60))
        }
        for await _ in arrived.stream {}
        waiting.cancel()
        await #expect(throws: AgentError.cancelled) { try await waiting.value }
        #expect(clock.sleeperCount == 0)
        #expect(try await session.reply(to: Self.inspect, deadline: .seconds(5)) == .report(HostReport()))
        await session.close()
    }

    @Test func `a request that exceeds a frame is refused here, not sent`() async throws {
        let session = try await session(with: ScriptedAgent())
        var definition = ServiceDefinition()
        let script = [UInt8](repeating: 35, count: ProtocolLimits.maximumScriptBytes)
        definition.checks = (0..<9).map { HealthCheck(name: "\($0)", probe: .script(script), timeoutMilliseconds: 1) }
        let begin = Request.begin(Begin(claim: .test, definition: definition))
        let error = await #expect(throws: AgentError.self) { try await session.reply(to: begin, deadline: .seconds(5)) }
        guard case .refused(let refusal) = error else { throw try #require(error) }
        #expect(refusal.reason == .invalid)
        await session.close()
    }

    @Test func `an agent of another version is told from a broken one`() async throws {
        let refusal = Refusal(reason: .version, problem: "speaks 2 to 3")
        let old = ScriptedAgent(greeting: nil) { _, id, stream in await stream.reply(.refused(refusal), to: id) }
        await #expect(throws: AgentError.refused(refusal)) { try await session(with: old) }
        #expect(AgentError.refused(refusal).hint?.contains("coord install") == true)
        let liar = ScriptedAgent(
            greeting: Greeting(version: 9, agentVersion: "9", machineID: "", bootID: "")
        )
        await #expect(throws: AgentError.protocolViolation("the agent chose version 9, which was not offered")) {
            try await session(with: liar)
        }
    }

    @Test func `a coordinator of a newer protocol version speaks the older one with an older agent`() async throws {
        let (session, greeting) = try await AgentSession.attach(
            to: ScriptedConnection(ScriptedAgent()), on: .named("root"), coordinatorVersion: "9.0.0", versions: 1...9,
            clock: clock, deadline: .seconds(10))
        #expect(greeting.version == 1)
        await session.close()
    }

    @Test func `what a login shell prints before and after is not the agent's`() async throws {
        var agent = ScriptedAgent { _, _, stream in
            await stream.send(AttachMarks.end + Array("logout: good bye\n".utf8))
            await stream.exit(.exited(0))
        }
        agent.noise = Array("Welcome to web-01!\n\u{7}".utf8) + [UInt8](repeating: 0, count: 300_000)
        let session = try await session(with: agent)
        let closed = HostAccessError(.connectionLost, "the agent's end of the connection closed")
        await #expect(throws: AgentError.unreachable(closed)) {
            try await session.reply(to: Self.perform, deadline: .seconds(5))
        }
        await session.close()
    }

    @Test func `a login shell that never stops printing is not waited for`() async throws {
        var agent = ScriptedAgent(greeting: nil)
        agent.isAttached = false
        agent.noise = [UInt8](repeating: 121, count: MarkedFrames.maximumNoiseBytes + 1)
        let problem = "it prints more than 8 MiB before coord-agent starts"
        await #expect(throws: AgentError.shellProblem(problem)) { try await session(with: agent) }
    }

    @Test(arguments: [
        ("This account is currently not available.\n", "", "it says: This account is currently not available."),
        (
            "", "rbash: line 1: /usr/local/bin/coord-agent: restricted: cannot specify `/' in command names\n",
            "it says: rbash: line 1: /usr/local/bin/coord-agent: restricted: cannot specify `/' in command names"
        ),
        ("a menu\n1) reboot\n", "", "it says: 1) reboot"),
    ])
    func `a login shell that runs no commands is named`(output: String, errors: String, text: String) async throws {
        var agent = ScriptedAgent(greeting: nil) { _, _, stream in await stream.exit(.exited(1), saying: errors) }
        agent.isAttached = false
        agent.noise = Array(output.utf8)
        await #expect(throws: AgentError.shellProblem(text)) { try await session(with: agent) }
    }

    @Test(arguments: [
        (CommandEnding.exited(127), "bash: line 1: /usr/local/bin/coord-agent: No such file", AgentError.agentMissing),
        (.exited(1), "sudo: /usr/local/bin/coord-agent: command not found\n", .agentMissing),
        (.exited(126), "", .agentMissing),
        (.exited(69), "", .agentNotRunning),
        (.exited(1), "sudo: a password is required\n", .sudo("a password is required")),
        (.exited(127), "sh: 1: sudo: not found\n", .sudo("", .exited(127))),
        (
            .exited(1), "Sorry, user deploy is not allowed to execute '/bin/x' as root on h1.\n",
            .sudo("is not allowed to execute")
        ),
        (
            .exited(64), "error: unknown argument '--marked'\nusage: coord-agent run\n",
            .refused(Refusal(reason: .version, problem: "it is older than any that this coord can talk to"))
        ),
        (
            .exited(1), "sudo: unable to resolve host web-01: Name or service not known\nno route",
            .protocolViolation(
                "`coord-agent attach` ended with exit status 1: "
                    + "sudo: unable to resolve host web-01: Name or service not known\nno route")
        ),
        (
            .signalled("TERM"), "",
            .unreachable(HostAccessError(.connectionLost, "the agent's end of the connection closed"))
        ),
    ])
    func `how attach ended tells what is wrong`(ending: CommandEnding, stderr: String, error: AgentError) async throws {
        let agent = ScriptedAgent(greeting: nil) { _, _, stream in await stream.exit(ending, saying: stderr) }
        await #expect(throws: error) { try await session(with: agent, user: "deploy") }
    }

    @Test func `a user that is not root attaches through sudo`() async throws {
        let connection = ScriptedConnection(ScriptedAgent())
        let (session, _) = try await AgentSession.attach(
            to: connection, on: .named("deploy"), coordinatorVersion: "1.0.0", clock: clock, deadline: .seconds(10)
        )
        #expect(await connection.commands.map(\.shellText) == ["sudo -n -- /usr/local/bin/coord-agent attach --marked"])
        await session.close()
    }
}

extension Claim {
    static let test = Claim(service: "shop", rollout: "r-1", epoch: 3, holder: "me@laptop")
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension AgentError {
    fileprivate static func sudo(_ said: String, _ ending: CommandEnding = .exited(1)) -> AgentError {
        .unreachable(SudoRefusal.error(said: said, ending: ending, user: "deploy"))
    }
}
