import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import Testing

@testable import FleetOperations

@Suite struct HostCheckTests {
    private static let probe = """
        Welcome to h1
        install_kib=4194304
        current=releases/1.4.2
        state_kib=1048576
        load=loaded
        active=active
        end=yes

        """

    private func findings(
        clock: String = "clock=1000.200100000", probe: String = Self.probe, sudo: CommandOutcome = .printed(""),
        sudoProblem: HostAccessError? = nil,
        service: HostCheck.Service? = nil, refusal: HostAccessError? = nil
    ) async throws -> HostFindings {
        let fleet = FakeFleet(
            refusal: { _ in refusal },
            run: { _, command, _ throws(HostAccessError) in
                if command == HostProbe.clock { return .printed(clock + "\n") }
                if command.asRoot, let sudoProblem { throw sudoProblem }
                return command.asRoot ? sudo : .printed(probe)
            },
            open: { _, _ in FakeStream([], then: .ends(.exited(127), saying: "sh: coord-agent: not found")) })
        let check = HostCheck(service, over: fleet, coordinatorVersion: "1.0.0", now: { 1000 })
        let findings = await check.findings(on: try endpoints(1)) {}
        return try #require(findings.first)
    }

    private var service: HostCheck.Service {
        HostCheck.Service(
            definition: ServiceDefinition(), installDirectory: "/opt/shop", unit: ("shop.service", isUser: false))
    }

    private func problems(_ findings: HostFindings) -> [String] {
        findings.findings.map { "\($0.aspect.rawValue): \($0.problem)" }
    }

    @Test func `a new host lacks nothing but the agent, and is told what to do`() async throws {
        let findings = try await findings(service: service)
        #expect(problems(findings) == ["agent: coord-agent is not installed"])
        #expect(findings.findings[0].hint == "coord install INVENTORY")
        #expect(findings.passed == [.reach, .hostKey, .login, .sudo, .disk, .clock, .unit])
        #expect(findings.release == "1.4.2" && findings.unitState == "active")
        #expect(findings.installDiskFreeBytes == 4 << 30 && findings.stateDiskFreeBytes == 1 << 30)
        #expect(findings.clockOffset?.wholeMilliseconds == 200 && !findings.isReady)
    }

    @Test(arguments: ["inf", "-inf", "nan", "1e300", "-1", "9" + String(repeating: "9", count: 400)])
    func `a host that tells no time that there is keeps its clock unknown`(answer: String) async throws {
        let findings = try await findings(clock: "clock=\(answer)")
        #expect(findings.clockOffset == nil && !findings.passed.contains(.clock))
    }

    @Test func `a clock that is off is a warning that says by how much`() async throws {
        let ahead = try await findings(clock: "clock=1012.5")
        #expect(problems(ahead).first == "clock: its clock is 12s ahead of this machine's")
        #expect(ahead.findings[0].isWarning && !ahead.passed.contains(.clock))
        let behind = try await findings(clock: "clock=880.%N")
        #expect(problems(behind).first == "clock: its clock is 2m behind this machine's")
        #expect(try await findings(clock: "clock=995.000").passed.contains(.clock))
        #expect(try await findings(clock: "clock=").clockOffset == nil)
    }

    @Test(arguments: ["inf", "-inf", "nan", "1e300", "-1e19", "99999999999999999999"])
    func `a clock that no host can have says nothing, and harms nobody`(text: String) async throws {
        let findings = try await findings(clock: "clock=\(text)")
        #expect(findings.clockOffset == nil && !findings.passed.contains(.clock))
        #expect(!findings.findings.contains { $0.aspect == .clock })
    }

    @Test func `sudo's refusal is told once, with the remedy, and the agent is not asked`() async throws {
        let said = Array("sudo: a password is required\n".utf8)
        let findings = try await findings(
            sudo: CommandOutcome(ending: .exited(1), output: [], errorOutput: said))
        #expect(problems(findings) == ["sudo: sudo asks for a password"])
        #expect(findings.findings[0].hint?.contains("NOPASSWD") == true)
    }

    @Test func `a password that sudo rejects is sudo's problem, told once`() async throws {
        let rejection = SudoRefusal.passwordRejected(user: "ops")
        let findings = try await findings(sudoProblem: rejection)
        #expect(problems(findings) == ["sudo: \(rejection.problem)"])
        #expect(findings.passed == [.reach, .hostKey, .login, .disk, .clock])
    }

    @Test func `a full disk and a missing unit are named`() async throws {
        let probe = Self.probe.replacing("install_kib=4194304", with: "install_kib=2048")
            .replacing("load=loaded", with: "load=not-found").replacing("active=active", with: "active=inactive")
        let findings = try await findings(probe: probe, service: service)
        #expect(
            problems(findings).prefix(2) == [
                "disk: only 2 MiB are free for /opt/shop", "unit: there is no unit 'shop.service'",
            ])
        #expect(findings.unitState == "missing")
    }

    private static let failures: [(HostAccessError.Reason, HostFindings.Aspect, Set<HostFindings.Aspect>)] = [
        (.connectionRefused, .reach, []), (.connectionTimedOut, .reach, []), (.hostKeyUnknown, .hostKey, [.reach]),
        (.hostKeyChanged, .hostKey, [.reach]), (.authenticationFailed, .login, [.reach, .hostKey]),
    ]

    @Test(arguments: failures)
    func `what failed on the way is put where it belongs`(
        reason: HostAccessError.Reason, aspect: HostFindings.Aspect, passed: Set<HostFindings.Aspect>
    ) async throws {
        let findings = try await findings(refusal: HostAccessError(reason, "no", hint: "do"))
        #expect(findings.findings.map(\.aspect) == [aspect] && findings.passed == passed)
    }

    @Test func `a login shell that runs no commands is the login's problem`() async throws {
        let findings = try await findings(probe: "This account is not available.\n")
        #expect(problems(findings).first == "login: the login shell runs no commands as sh would")
    }

    /// The probe's script, run by this machine's own shell.
    @Test func `the probe finds the disk of a directory that is not there yet, and the current release`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "host-check-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending(path: "current").path, withDestinationPath: "releases/2.0.0")
        let question = HostProbe.Question(installDirectory: folder.path, stateDirectory: folder.path + "/not/there")
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", HostProbe.command(question).shellText]
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let probe = try #require(HostProbe(Array(bytes)))
        #expect(probe.release == "2.0.0" && probe.unitState == nil)
        #expect((probe.installDiskFreeBytes ?? 0) > 0 && (probe.stateDiskFreeBytes ?? 0) > 0)
    }
}
