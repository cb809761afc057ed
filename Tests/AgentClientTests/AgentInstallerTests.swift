import Foundation
import HostAccess
import Testing

@testable import AgentClient

@Suite struct AgentInstallerTests {
    static let unit = "[Service]\nExecStart=/usr/local/bin/coord-agent run # it's \"$quoted\" % here\n"

    static func package(_ version: String = "1.0.0", trialStatus: UInt8 = 0) throws -> AgentPackage {
        let binary = try AgentBinary(TinyExecutable.exiting(with: trialStatus, comment: version))
        let files = AgentPackage.ServiceFiles(unit: unit, userUnit: "user's", runScript: "run", logScript: "log")
        return AgentPackage(version: version, binaries: [binary], serviceFiles: files)
    }

    static func done(_ change: Installation.Change, by supervisor: Supervisor = .systemd) -> Installation {
        Installation(change: change, agentVersion: "1.0.0", scope: .system, supervisor: supervisor)
    }

    func install(
        _ package: AgentPackage, on host: LocalHost, user: String = "root", allowsDowngrade: Bool = false
    ) async throws -> Installation {
        try host.setNextVersion(package.version)
        let installer = AgentInstaller(
            connector: host, package: package, layout: host.layout, allowsDowngrade: allowsDowngrade,
            coordinatorVersion: "1.0.0"
        )
        return try await installer.install(on: .test(user: user), deadline: .seconds(60))
    }

    /// Runs `body` with a host that leaves nothing behind.
    func withHost(
        uid: Int = 0, loginShell: String = #"eval "$1""#, _ body: (LocalHost) async throws -> Void
    ) async throws {
        let host = try LocalHost(uid: uid, loginShell: loginShell)
        defer { host.remove() }
        try await body(host)
    }

    @Test func `a new host gets the binary and the unit, and the second run changes nothing`() async throws {
        try await withHost { host in
            let package = try Self.package()
            #expect(try await install(package, on: host) == Self.done(.installed))
            #expect(host.commands.entries == ["connect", "probe", "install", "connect", "attach"])
            #expect(FileManager.default.contents(atPath: host.layout.binaryPath) == Data(package.binaries[0].content))
            let attributes = try FileManager.default.attributesOfItem(atPath: host.layout.binaryPath)
            #expect(attributes[.posixPermissions] as? Int == 0o755)
            #expect(host.content("units/coord-agent.service") == Self.unit)
            #expect(try FileManager.default.contentsOfDirectory(atPath: host.url("local/bin").path) == ["coord-agent"])

            let before = host.content("state/log")?.split(separator: "\n").count ?? 0
            #expect(try await install(package, on: host) == Self.done(.unchanged))
            #expect(host.commands.entries.dropFirst(5) == ["connect", "probe", "attach"])
            let after = host.content("state/log")?.split(separator: "\n").dropFirst(before)
            #expect(after == ["is-active coord-agent.service", "is-enabled coord-agent.service"])
        }
    }

    @Test func `an older agent is upgraded and its version told`() async throws {
        try await withHost { host in
            try host.executable("local/bin/coord-agent", "#!/bin/sh\necho coord-agent 0.9.1\n")
            #expect(try await install(try Self.package(), on: host).change == .upgraded(from: "0.9.1"))
        }
    }

    @Test func `a stopped service is started without sending anything`() async throws {
        try await withHost { host in
            let package = try Self.package()
            _ = try await install(package, on: host)
            try FileManager.default.removeItem(at: host.url("state/running"))
            #expect(try await install(package, on: host).change == .repaired)
            #expect(host.content("state/running") == "1.0.0")
        }
    }

    @Test func `an old agent that still runs from a replaced binary is restarted`() async throws {
        try await withHost { host in
            let package = try Self.package()
            _ = try await install(package, on: host)
            try Data("0.9.1".utf8).write(to: host.url("state/running"))
            #expect(try await install(package, on: host).change == .repaired)
            #expect(host.content("state/running") == "1.0.0")
        }
    }

    @Test func `an agent that answers with another version after the restart is an error`() async throws {
        try await withHost { host in
            try host.program("systemctl", "echo 0.9.1 | tr -d '\\n' >'\(host.url("state/running").path)'")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.step == .verify)
            #expect(error.problem == "the agent that answers is version 0.9.1, not 1.0.0")
        }
    }

    @Test func `an unprivileged user installs through sudo`() async throws {
        try await withHost(uid: 1000) { host in
            try host.program(
                "sudo", "echo \"$*\" >>'\(host.url("state/sudo").path)'; shift 2; UID_BY_SUDO=0 exec \"$@\"")
            #expect(try await install(try Self.package(), on: host, user: "deploy").change == .installed)
            #expect(host.content("state/sudo")?.contains("-n -- sh -c") == true)
        }
    }

    @Test func `sudo that makes somebody else than root is told`() async throws {
        try await withHost(uid: 1000) { host in
            try host.program("sudo", "shift 2; exec \"$@\"")
            let error = try await failure { try await install(try Self.package(), on: host, user: "deploy") }
            #expect(error.problem == "sudo does not give root's rights on this host")
        }
    }

    @Test func `sudo that wants a password is told before anything is sent`() async throws {
        try await withHost(uid: 1000) { host in
            try host.program("sudo", "echo 'sudo: a password is required' >&2; exit 1")
            let error = try await failure { try await install(try Self.package(), on: host, user: "deploy") }
            #expect(error.step == .probe)
            #expect(error.problem == "sudo asks for a password")
            #expect(error.hint?.contains("NOPASSWD") == true)
            #expect(host.commands.entries == ["connect", "probe"])
        }
    }

    @Test(arguments: [
        ("echo 'This account is currently not available.'; exit 1", "says: This account is currently not available."),
        ("echo sftp only", "says: sftp only"), ("exit 0", "says nothing"),
    ])
    func `a login shell that runs something else is named`(shell: String, text: String) async throws {
        try await withHost(loginShell: shell) { host in
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.problem == "the login shell does not run commands: it \(text)")
            #expect(error.hint?.contains("ForceCommand") == true)
        }
    }

    @Test func `a login shell that talks before and after is heard out`() async throws {
        let shell = """
            echo coord-report-begins; echo uid=7; printf 'no end of line'; head -c 100000 /dev/urandom
            trap 'echo; echo uid=9; echo bye' EXIT; eval "$1"
            """
        try await withHost(loginShell: shell) { host in
            let installation = try await install(try Self.package(), on: host)
            #expect(installation == Self.done(.installed))
        }
    }

    @Test func `a newer agent is replaced only where that is wanted`() async throws {
        try await withHost { host in
            try host.executable("local/bin/coord-agent", "#!/bin/sh\necho coord-agent 1.10.0\n")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.problem == "the agent on the host, 1.10.0, is newer than this one, 1.0.0")
            #expect(error.hint?.contains("--allow-downgrade") == true)
            let change = try await install(try Self.package(), on: host, allowsDowngrade: true).change
            #expect(change == .upgraded(from: "1.10.0"))
        }
    }

    @Test func `without a service manager the first connection is told to start it`() async throws {
        try await withHost { host in
            try FileManager.default.removeItem(at: host.url("systemd"))
            try Data("1.0.0".utf8).write(to: host.url("state/running"))
            #expect(try await install(try Self.package(), on: host) == Self.done(.installed, by: .nothing))
            #expect(host.content("var/lib/coord-agent/start-on-attach") == "")
            #expect(try await install(try Self.package(), on: host) == Self.done(.unchanged, by: .nothing))
        }
    }

    @Test func `hosts that can have no agent are refused by name`() async throws {
        try await withHost { host in
            try host.program("uname", "case $1 in -m) echo riscv64 ;; *) echo Linux ;; esac")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.problem.hasPrefix("there is no agent for riscv64"))
            #expect(error.hint?.contains("x86_64 or aarch64") == true)
        }
        try await withHost { host in
            try host.program("uname", "case $1 in -m) echo amd64 ;; *) echo FreeBSD ;; esac")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.problem == "the host runs FreeBSD; the agent needs Linux")
        }
    }

    @Test func `a full disk leaves the old agent and no rubbish`() async throws {
        try await withHost { host in
            let old = "#!/bin/sh\necho coord-agent 0.9.1\n"
            try host.executable("local/bin/coord-agent", old)
            try host.program("cat", "head -c 10; echo 'cat: write error: No space left on device' >&2; exit 1")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.step == .transfer)
            #expect(error.hint?.contains("free some space") == true)
            #expect(host.content("local/bin/coord-agent") == old)
            #expect(try FileManager.default.contentsOfDirectory(atPath: host.url("local/bin").path) == ["coord-agent"])
        }
    }

    @Test func `bytes that arrive cut short are never put in place`() async throws {
        try await withHost { host in
            try host.program("cat", "head -c 10")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.problem == "the agent could not be written: the bytes did not arrive whole")
            #expect(host.content("local/bin/coord-agent") == nil)
        }
    }

    @Test(arguments: [(126 as UInt8, "noexec"), (132, "status 132")])
    func `a binary that cannot start there is never put in place`(status: UInt8, text: String) async throws {
        try await withHost { host in
            let error = try await failure { try await install(try Self.package(trialStatus: status), on: host) }
            #expect(error.step == .trial)
            #expect(error.problem.contains(text))
            #expect(host.content("local/bin/coord-agent") == nil)
        }
    }

    @Test func `a service that does not start shows what systemd says`() async throws {
        try await withHost { host in
            try host.program("systemctl", "case $1 in restart) exit 1 ;; status) echo 'exited, code=203/EXEC' ;; esac")
            let error = try await failure { try await install(try Self.package(), on: host) }
            #expect(error.step == .service)
            #expect(error.problem == "the agent's service could not be started: exited, code=203/EXEC")
        }
    }

    private func failure(of body: () async throws -> Installation) async throws -> InstallError {
        try #require(await #expect(throws: InstallError.self) { _ = try await body() })
    }
}
