import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import CoordAgent

@Suite struct UpgradeTests {
    @Test func `a newer coordinator is answered in the version that both speak`() throws {
        let host = try AgentHost()
        let newer = Hello(lowestVersion: 1, highestVersion: 9, coordinatorVersion: "9.0.0")
        guard case .hello(let greeting) = try AgentConnection(host.socket).ask(.hello(newer)) else {
            throw AgentConnection.Closed()
        }
        #expect(greeting.version == ProtocolLimits.versions.upperBound)
    }

    @Test(arguments: [(8 as UInt64, 9 as UInt64), (0, 0), (9, 1)])
    func `a coordinator of no common version is told so`(lowest: UInt64, highest: UInt64) throws {
        let host = try AgentHost()
        let hello = Hello(lowestVersion: lowest, highestVersion: highest, coordinatorVersion: "9.0.0")
        guard case .refused(let refusal) = try AgentConnection(host.socket).ask(.hello(hello)) else {
            throw AgentConnection.Closed()
        }
        #expect(refusal.reason == .version)
        #expect(refusal.problem.contains("speaks protocol versions"))
    }

    @Test func `a coordinator of version 1 rolls out, and is refused no more than what needs version 2`() throws {
        let host = try AgentHost()
        let agent = try AgentConnection(host.socket)
        #expect(try agent.hello(versions: 1...1).version == 1)
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let watch = StepAction.watch(minimumHealthyMilliseconds: 1, deadlineMilliseconds: 5000)
        #expect(try agent.perform(host.claim(), "watch", watch).ending == .succeeded)
        let stop = Perform(claim: host.claim(), step: "stop", action: .stop)
        for request in [.countConnections(CountConnections(port: 1)), .perform(stop)] as [Request] {
            guard case .refused(let refusal) = try agent.ask(request) else { throw AgentConnection.Closed() }
            #expect(refusal.reason == .version)
            #expect(refusal.problem == "it needs version 2 of the protocol, and 1 was agreed on")
        }
        try agent.finish(host.claim())
        #expect(host.text("running") == "1.0")
    }

    @Test func `an agent that is told to end lets the step end that is changing what runs`() throws {
        let host = try AgentHost()
        let script = "#!/bin/sh\ntouch reached\nuntil [ -e go ]; do sleep 0.02; done\n"
        let hook = Hook(point: .beforeInstall, name: "wait.sh", content: Array(script.utf8))
        let definition = host.definition(hooks: [hook])
        let connection = try host.connect()
        let release = TestRelease("1.0")
        try connection.begin(host.claim(), definition)
        try connection.upload(host.claim(), release)
        #expect(try connection.perform(host.claim(), "stage", .stage(release.reference)).ending == .succeeded)
        let activate = Perform(claim: host.claim(), step: "activate", action: .activate(release: "1.0"))
        let id = try connection.send(.perform(activate))
        try waitUntil("the hook runs") { host.text("reached") != nil }
        host.signal(SIGTERM)
        try waitUntil("the agent begins no step any more") {
            let watch = Perform(
                claim: host.claim("r1"), step: "watch-\(UUID().uuidString)",
                action: .watch(minimumHealthyMilliseconds: 1, deadlineMilliseconds: 1))
            guard case .refused(let refusal) = try host.connect().ask(.perform(watch)) else { return false }
            return refusal.reason == .busy
        }
        try Data().write(to: URL(filePath: host.install + "/go"))
        guard case .performed(let result) = try connection.reply(to: id) else { throw AgentConnection.Closed() }
        #expect(result.ending == .succeeded)
        #expect(host.wait() == 0)
        #expect(host.current == "releases/1.0")
    }

    @Test func `what an agent rolled out and who holds it is known without it`() throws {
        let host = try AgentHost()
        #expect(try ServiceListing.lines(inStateDirectory: host.state) == [])
        var claim = host.claim()
        claim.holder = "me\there\nnow"
        try host.connect().begin(claim, host.definition())
        host.kill()
        #expect(try ServiceListing.lines(inStateDirectory: host.state) == ["shop\t\(host.install)\tr1\tme here now"])
        try host.start()
        try host.connect().finish(claim)
        #expect(try ServiceListing.lines(inStateDirectory: host.state) == ["shop\t\(host.install)"])
    }

    @Test func `a user's agent refuses the system's units and no others`() {
        var definition = ServiceDefinition()
        definition.control.unit = "shop.service"
        #expect(UserScope.problem(with: definition, user: 0) == nil)
        let problem = UserScope.problem(with: definition, user: 1001)
        #expect(problem?.contains("user 1001") == true && problem?.contains("shop.service") == true)
        definition.control.isUserUnit = true
        #expect(UserScope.problem(with: definition, user: 1001) == nil)
        definition.control = ServiceControl()
        definition.control.start = "./start"
        #expect(UserScope.problem(with: definition, user: 1001) == nil)
    }
}
