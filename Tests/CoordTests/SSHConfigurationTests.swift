import Foundation
import Testing

/// The files of ssh's configuration as the program itself finds them; its home is the test's folder.
@Suite struct SSHConfigurationTests {
    let program: Program

    init() throws {
        program = try Program()
        try program.write("inventory.ini", "web ansible_host=127.0.0.1 ansible_port=1 ansible_user=tester\n")
    }

    private func install(_ arguments: String...) async throws -> [String] {
        let outcome = try await program.run(["install", "inventory.ini"] + arguments)
        #expect(outcome.status == 2)
        return outcome.errorLines
    }

    @Test func `a mistake in the user's file is told before any host is reached`() async throws {
        try program.write(".ssh/config", "Host *\n  HostNme x\n")
        #expect(
            try await install() == [
                "error: \(program.folder)/.ssh/config:2:3: unknown keyword 'HostNme'; did you mean 'HostName'?",
                "hint: if another ssh needs it, write IgnoreUnknown HostNme before it",
            ])
    }

    @Test func `a file that others can write is refused as ssh refuses it`() async throws {
        try program.write(".ssh/config", "User x\n")
        let path = "\(program.folder)/.ssh/config"
        try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: path)
        #expect(
            try await install() == [
                "error: '\(path)' can be written by others, who could send you anywhere",
                "hint: ssh refuses it too: chmod go-w \(path)",
            ])
    }

    @Test func `-F names the file instead, and must exist`() async throws {
        try program.write(".ssh/config", "Usr broken\n")
        #expect(
            try await install("-F", "missing") == [
                "error: there is no ssh configuration 'missing'", "hint: -F names another file; -F none does without",
            ])
        try program.write("project.cfg", "Include \(program.folder)/conf.d/*.conf\n")
        try program.write("conf.d/a.conf", "Port x\n")
        #expect(
            try await install("-F", "project.cfg") == [
                "error: \(program.folder)/conf.d/a.conf:1:1: Port 'x' is not a port in 1…65535"
            ])
    }

    @Test func `what is not supported is named once, before the work`() async throws {
        try program.write(".ssh/config", "Host *\n  Ciphers aes128-ctr\n  MACs hmac-sha2-256\n")
        let outcome = try await program.run("install", "inventory.ini")
        #expect(
            outcome.errorLines.first
                == "warning: \(program.folder)/.ssh/config:2:3: Ciphers is not supported: "
                + "libssh2's algorithms are offered"
        )
        #expect(outcome.errorLines.filter { $0.hasPrefix("warning:") }.count == 1)
    }
}
