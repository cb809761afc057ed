import AgentProtocol
import HostAccess
import Testing

@testable import AgentClient

@Suite struct HostAgentTests {
    let clock = ManualClock()
    static let step = Perform(claim: .test, step: "activate-1", action: .activate(release: "1.4.2"))
    static let refused = HostAccessError(.connectionRefused, "connection refused")

    /// With the longest delays there can be: jitter adds nothing to them.
    func hostAgent(on host: ScriptedHost) throws -> HostAgent {
        HostAgent(endpoint: try .test(), connector: host, coordinatorVersion: "1.0.0", clock: clock, jitter: { 1 })
    }

    @Test func `one connection serves many requests`() async throws {
        let host = ScriptedHost(
            .reaches(
                ScriptedAgent { request, id, stream in
                    switch request {
                    case .begin: await stream.reply(.begun, to: id)
                    case .inspect: await stream.reply(.report(HostReport()), to: id)
                    case .finish: await stream.reply(.finished, to: id)
                    default: break
                    }
                }))
        let agent = try hostAgent(on: host)
        try await agent.begin(.test, definition: ServiceDefinition(), deadline: .seconds(5))
        async let one = agent.inspect(ServiceDefinition(), probesHealth: true, deadline: .seconds(5))
        async let other = agent.inspect(ServiceDefinition(), probesHealth: false, deadline: .seconds(5))
        #expect(try await one == other)
        try await agent.finish(.test, deadline: .seconds(5))
        #expect(try await agent.greeting(deadline: .seconds(5)).agentVersion == "1.0.0")
        #expect(host.connectCount == 1)
        await agent.close()
        #expect(await host.connections[0].isClosed)
        #expect(clock.sleeperCount == 0)
    }

    @Test func `an agent of version 1 is not sent what it does not know, and does the rest`() async throws {
        let asked = Log<UInt8>()
        let old = ScriptedAgent { request, id, stream in
            asked.append(request.frame(id: id).kind)
            await stream.reply(.performed(StepResult(ending: .succeeded)), to: id)
        }
        let agent = try hostAgent(on: ScriptedHost(.reaches(old)))
        let stop = Perform(claim: .test, step: "stop", action: .stop)
        let refusals = [
            await #expect(throws: AgentError.self) { try await agent.perform(stop, deadline: .seconds(60)) },
            await #expect(throws: AgentError.self) { try await agent.connections(to: 80, deadline: .seconds(60)) },
            await #expect(throws: AgentError.self) {
                try await agent.upload([], salt: [1], claim: .test, release: "1", deadline: .seconds(60))
            },
            await #expect(throws: AgentError.self) {
                try await agent.require(version: 2, for: "shifting traffic", deadline: .seconds(60))
            },
        ]
        for refusal in refusals {
            let text = try #require(refusal?.description)
            #expect(text.contains("needs version 2 of its protocol, and coord-agent 1.0.0 speaks 1"), "\(text)")
            #expect(refusal?.hint?.hasPrefix("coord install INVENTORY") == true)
        }
        #expect(asked.entries == [])
        _ = try await agent.perform(Self.step, deadline: .seconds(60))
        #expect(asked.entries == [6])
        await agent.close()
    }

    @Test func `requests that come together share the first connection`() async throws {
        let host = ScriptedHost(.reaches(ScriptedAgent { _, id, stream in await stream.reply(.begun, to: id) }))
        let agent = try hostAgent(on: host)
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await agent.begin(.test, definition: ServiceDefinition(), deadline: .seconds(5))
                }
            }
            try await group.waitForAll()
        }
        #expect(host.connectCount == 1)
        await agent.close()
    }

    @Test func `a link lost in the middle of a step is replaced and the same step asked for again`() async throws {
        let asked = Log<String>()
        let result = StepResult(ending: .succeeded, isRecorded: true)
        let doomed = ScriptedAgent { request, _, stream in
            if case .perform(let perform) = request { asked.append(perform.step) }
            await stream.loseLink()
        }
        let well = ScriptedAgent { request, id, stream in
            if case .perform(let perform) = request { asked.append(perform.step) }
            await stream.reply(.performed(result), to: id)
        }
        let host = ScriptedHost(.reaches(doomed), .fails(Self.refused), .reaches(well.rebooted()))
        let agent = try hostAgent(on: host)
        let heard = Log<String>()
        async let performed = agent.perform(Self.step, deadline: .seconds(60)) { heard.append($0.text) }
        await clock.passSleep(of: .milliseconds(250))
        await clock.passSleep(of: .milliseconds(500))
        #expect(try await performed == result)
        #expect(asked.entries == ["activate-1", "activate-1"])
        #expect(host.connectCount == 3)
        #expect(
            heard.entries == [
                "connection reset by peer; trying again", "connection refused; trying again", "host rebooted",
            ]
        )
        #expect(await host.connections[0].isClosed)
        await agent.close()
    }

    @Test func `an agent that is not up yet is waited for on a host that was reached before, and only there`()
        async throws
    {
        let down = ScriptedAgent(greeting: nil) { _, _, stream in await stream.exit(.exited(69)) }
        await #expect(throws: AgentError.agentNotRunning) {
            try await hostAgent(on: ScriptedHost(.reaches(down))).greeting(deadline: .seconds(60))
        }
        let doomed = ScriptedAgent { _, _, stream in await stream.exit(.signalled("TERM")) }
        let well = ScriptedAgent { _, id, stream in await stream.reply(.begun, to: id) }
        let agent = try hostAgent(on: ScriptedHost(.reaches(doomed), .reaches(down), .reaches(well)))
        async let begun: Void = agent.begin(.test, definition: ServiceDefinition(), deadline: .seconds(60))
        await clock.passSleep(of: .milliseconds(250))
        await clock.passSleep(of: .milliseconds(500))
        try await begun
        await agent.close()
    }

    @Test func `attempts end with the deadline and tell the last reason`() async throws {
        let host = ScriptedHost(.fails(Self.refused))
        let agent = try hostAgent(on: host)
        let greeting = Task { try await agent.greeting(deadline: .seconds(2)) }
        // 250 + 500 + 1000 ms; the next delay would end after the deadline.
        for delay in [250, 500, 1000] { await clock.passSleep(of: .milliseconds(delay)) }
        await #expect(throws: AgentError.unreachable(Self.refused)) { try await greeting.value }
        #expect(host.connectCount == 4)
    }

    @Test func `a step that outlasts its deadline times out`() async throws {
        let agent = try hostAgent(on: ScriptedHost(.reaches(ScriptedAgent())))
        let performed = Task { try await agent.perform(Self.step, deadline: .seconds(40)) }
        await clock.passSleep(of: .seconds(40))
        await #expect(throws: AgentError.timedOut("step activate-1")) { try await performed.value }
        await agent.close()
    }

    @Test func `an agent that is silent where it should answer at once is reached anew`() async throws {
        let well = ScriptedAgent { _, id, stream in await stream.reply(.begun, to: id) }
        let host = ScriptedHost(.reaches(ScriptedAgent()), .reaches(well))
        let agent = try hostAgent(on: host)
        // Connected before the wait for the silence begins: greeting has a limit of its own.
        _ = try await agent.greeting(deadline: .seconds(60))
        async let begun: Void = agent.begin(.test, definition: ServiceDefinition(), deadline: .seconds(60))
        await clock.passSleep(of: HostAgent.maximumSilence)
        await clock.passSleep(of: .milliseconds(250))
        try await begun
        #expect(await host.connections[0].isClosed)
        await agent.close()
    }

    @Test(arguments: [Refusal.Reason.staleEpoch, .held, .invalid, .internalError])
    func `a refusal is final and keeps the connection`(reason: Refusal.Reason) async throws {
        let refusal = Refusal(reason: reason, problem: "no", holder: .test)
        let host = ScriptedHost(
            .reaches(ScriptedAgent { _, id, stream in await stream.reply(.refused(refusal), to: id) }))
        let agent = try hostAgent(on: host)
        for _ in 0..<2 {
            await #expect(throws: AgentError.refused(refusal)) {
                try await agent.perform(Self.step, deadline: .seconds(60))
            }
        }
        #expect(host.connectCount == 1)
        await agent.close()
    }

    @Test func `a busy service is asked again over the same connection`() async throws {
        let asked = Log<UInt32>()
        let host = ScriptedHost(
            .reaches(
                ScriptedAgent { _, id, stream in
                    asked.append(id)
                    let busy = Reply.refused(Refusal(reason: .busy, problem: "stage-1 is running"))
                    await stream.reply(
                        asked.entries.count == 1 ? busy : .performed(StepResult(ending: .succeeded)), to: id)
                }))
        let agent = try hostAgent(on: host)
        async let performed = agent.perform(Self.step, deadline: .seconds(60))
        await clock.passSleep(of: .milliseconds(250))
        #expect(try await performed.ending == .succeeded)
        #expect(host.connectCount == 1)
        await agent.close()
    }

    @Test func `another machine behind the same address is not taken for the host`() async throws {
        let doomed = ScriptedAgent { _, _, stream in await stream.loseLink() }
        var stranger = ScriptedAgent { _, id, stream in await stream.reply(.begun, to: id) }
        stranger.greeting?.machineID = "m-2"
        let agent = try hostAgent(on: ScriptedHost(.reaches(doomed), .reaches(stranger)))
        let begun = Task { try await agent.begin(.test, definition: ServiceDefinition(), deadline: .seconds(60)) }
        await clock.passSleep(of: .milliseconds(250))
        let error = await #expect(throws: AgentError.self) { try await begun.value }
        #expect(error?.description.contains("another machine") == true)
        await agent.close()
    }

    @Test func `a cancelled step stops trying and leaves nobody waiting`() async throws {
        let agent = try hostAgent(on: ScriptedHost(.fails(Self.refused)))
        let performing = Task { () async throws(AgentError) in
            try await agent.perform(Self.step, deadline: .seconds(60))
        }
        await clock.passSleep(of: .milliseconds(250))
        performing.cancel()
        await #expect(throws: AgentError.self) { try await performing.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test func `closing fails what is waiting`() async throws {
        let arrived = AsyncStream.makeStream(of: Void.self)
        let host = ScriptedHost(.reaches(ScriptedAgent { _, _, _ in arrived.continuation.finish() }))
        let agent = try hostAgent(on: host)
        let performed = Task { try await agent.perform(Self.step, deadline: .seconds(60)) }
        for await _ in arrived.stream {}
        await agent.close()
        let error = await #expect(throws: AgentError.self) { try await performed.value }
        guard case .unreachable(let reason) = error else { throw try #require(error) }
        #expect(reason.reason == .closed)
        #expect(host.connectCount == 1)
    }
}
