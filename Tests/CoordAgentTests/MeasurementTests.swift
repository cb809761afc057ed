import AgentProtocol
import Foundation
import Testing

@testable import CoordAgent

@Suite struct MeasurementTests {
    private func check(_ script: String) -> HealthCheck {
        HealthCheck(name: "own", probe: .script(Array("#!/bin/sh\n\(script)\n".utf8)), timeoutMilliseconds: 5000)
    }

    private func sample(_ agent: AgentConnection, _ definition: ServiceDefinition) throws -> Sample {
        let reply = try agent.ask(.takeSample(TakeSample(definition: definition, logSinceSeconds: 1)))
        guard case .sample(let sample) = reply else { throw AgentConnection.Unexpected(reply: reply) }
        return sample
    }

    private func evidence(
        _ agent: AgentConnection, _ definition: ServiceDefinition, factsOnly: Bool = false
    ) throws -> Evidence {
        let reply = try agent.ask(.gatherEvidence(GatherEvidence(definition: definition, factsOnly: factsOnly)))
        guard case .evidence(let evidence) = reply else { throw AgentConnection.Unexpected(reply: reply) }
        return evidence
    }

    @Test func `a sample has what can be measured, and nothing in place of the rest`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.deploy(host.claim(), TestRelease("1.0"), host.definition())
        let well = try sample(agent, host.definition(checks: [check("sleep 0.02")]))
        #expect(well.isHealthy == true)
        #expect(try #require(well.latencyMicroseconds) >= 20_000)
        #expect(abs(Double(well.clockSeconds) - Date().timeIntervalSince1970) < 60)
        #expect(well.cpuMicroseconds == nil && well.memoryBytes == nil && well.restarts == nil && well.logErrors == nil)
        let ill = try sample(agent, host.definition(checks: [check("exit 1")]))
        #expect(ill.isHealthy == false && ill.latencyMicroseconds == nil)
        #expect(try sample(agent, host.definition()).isHealthy == nil)
    }

    @Test func `evidence tells how the last checks failed, what the commands said, and what the host is like`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        var definition = host.definition(checks: [check("echo no database; exit 4")])
        definition.control.start += "; echo cannot bind"
        try agent.deploy(host.claim(), TestRelease("1.0"), definition)
        _ = try agent.inspect(definition, probes: true)
        let evidence = try evidence(agent, definition)
        #expect(evidence.healthProblem == "check own: failed with exit status 4")
        #expect(String(decoding: evidence.healthOutput, as: UTF8.self) == "no database\n")
        #expect(String(decoding: evidence.journal, as: UTF8.self) == "cannot bind\n")
        let facts = Dictionary(uniqueKeysWithValues: evidence.facts.map { ($0.name, $0.value) })
        #expect(facts[HostFact.Name.agentVersion] == ProductVersion.text)
        #expect(facts[HostFact.Name.cpuCount].flatMap { Int($0) } == ProcessInfo.processInfo.activeProcessorCount)
        for name in [HostFact.Name.kernel, HostFact.Name.distribution, HostFact.Name.bootID] {
            #expect(facts[name]?.isEmpty == false, "\(name)")
        }
        let free = try #require(facts[HostFact.Name.diskFreePercent].flatMap { Int($0) })
        #expect((0...100).contains(free))
        let plain = try self.evidence(agent, definition, factsOnly: true)
        #expect(plain.healthProblem == "" && plain.journal == [] && plain.facts.count == evidence.facts.count)
    }

    @Test func `numbers of systemd and the kernel are read as they write them`() {
        let shown = "ActiveState=active\nNRestarts=2\nMemoryCurrent=[not set]\nCPUUsageNSec=1500\n"
        #expect(UnitStatus(systemctlOutput: Array(shown.utf8)).cpuNanoseconds == 1500)
        for absent in ["[not set]", "18446744073709551615"] {
            #expect(UnitStatus(systemctlOutput: Array("CPUUsageNSec=\(absent)\n".utf8)).cpuNanoseconds == nil)
        }
        let stat = "42 (a ) b) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 100 1 1"
        #expect(ProcessUsage.cpuMicroseconds(Array(stat.utf8), ticksPerSecond: 100) == 2_000_000)
        #expect(ProcessUsage.cpuMicroseconds(Array("42 (a) S 1".utf8), ticksPerSecond: 100) == nil)
        #expect(Journal.countPriorities(Array("3\n3\n-- No entries --\n0\n".utf8)) == 3)
        let release = "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
        #expect(HostFacts.distribution(Array(release.utf8)) == "Debian GNU/Linux 12 (bookworm)")
    }
}
