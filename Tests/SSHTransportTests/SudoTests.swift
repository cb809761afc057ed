import FleetModel
import Foundation
import HostAccess
import NIOConcurrencyHelpers
import SSHTransport
import Testing

/// Commands as root over a real sshd; sudo is a stand-in that asks, reads and answers as sudo -S does (sudo(8)). The
/// real one is tested in the lab.
@Suite struct SudoTests {
    /// `-S -p PROMPT -- COMMAND…`; counts the passwords it is given, and keeps what others could see of it.
    private static let standIn = """
        #!/bin/sh
        directory=${0%/*}
        { echo "$*"; env; } >>"$directory/seen"
        [ "$1" = -n ] && { shift 2; exec "$@"; }
        prompt=$(printf "$3")
        shift 4
        [ -e "$directory/refuse" ] && { echo "ops is not in the sudoers file." >&2; exit 1; }
        [ -e "$directory/free" ] && exec "$@"
        [ -e "$directory/factor" ] && { printf 'Verification code: ' >&2; read -r code; exit 1; }
        for attempt in 1 2 3; do
            printf %s "$prompt" >&2
            IFS= read -r password || { echo "sudo: no password was provided" >&2; exit 1; }
            echo x >>"$directory/attempts"
            [ "$password" = 's3 cret' ] && exec "$@"
            echo "Sorry, try again." >&2
        done
        exit 1
        """

    private static func with(
        password: String? = "s3 cret", _ body: (PrivateServer, any HostConnection) async throws -> Void
    ) async throws {
        try await PrivateServer.with(options: ["PermitUserEnvironment yes"]) { server in
            let sudo = "\(server.directory)/sudo"
            try standIn.write(toFile: sudo, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sudo)
            let key = try String(contentsOfFile: "\(server.directory)/user.pub", encoding: .utf8)
            try "environment=\"PATH=\(server.directory):/usr/bin:/bin\" \(key)".write(
                toFile: "\(server.directory)/authorized_keys", atomically: true, encoding: .utf8)
            try await server.withConnector {
                $0.sudoPassword = { _ in password.map { Secret($0) } }
            } _: { connector in
                try await body(server, try await connector.connect(to: try server.endpoint(), deadline: .seconds(20)))
            }
        }
    }

    private static let command = Command(["sh", "-c", "cat; echo oops >&2; exit 7"], asRoot: true)

    @Test func `what sudo asks for instead of a password is told, and not answered`() async throws {
        try await Self.with { server, connection in
            try "".write(toFile: "\(server.directory)/factor", atomically: true, encoding: .utf8)
            let error = await #expect(throws: HostAccessError.self) {
                _ = try await connection.open(Self.command, deadline: .seconds(1))
            }
            #expect(error?.problem == "sudo did not let the command in within 1s; it says: Verification code: ")
            let outcome = try await connection.run(Self.command, input: [], outputLimit: 100, deadline: .seconds(1))
            #expect(outcome.ending == .timedOut)
            #expect(String(decoding: outcome.errorOutput, as: UTF8.self) == "Verification code: ")
            #expect(Self.attempts(server) == 0)
        }
    }

    private static func attempts(_ server: PrivateServer) -> Int {
        (try? String(contentsOfFile: "\(server.directory)/attempts", encoding: .utf8))?.count { $0 == "x" } ?? 0
    }

    private static func expectUntouched(_ outcome: CommandOutcome) {
        #expect(outcome.text == "the input")
        #expect(String(decoding: outcome.errorOutput, as: UTF8.self) == "oops\n")
        #expect(outcome.ending == .exited(7))
    }

    @Test func `a command gets its own input, whether sudo asks or not`() async throws {
        try await Self.with { server, connection in
            let input = Array("the input".utf8)
            Self.expectUntouched(
                try await connection.run(Self.command, input: input, outputLimit: 1000, deadline: .seconds(20)))
            #expect(Self.attempts(server) == 1)
            try "".write(toFile: "\(server.directory)/free", atomically: false, encoding: .utf8)
            Self.expectUntouched(
                try await connection.run(Self.command, input: input, outputLimit: 1000, deadline: .seconds(20)))
            #expect(Self.attempts(server) == 1)
        }
    }

    @Test func `streams that stay open begin behind sudo`() async throws {
        try await Self.with { server, connection in
            let stream = try await connection.open(Command(["cat"], asRoot: true), deadline: .seconds(20))
            for text in ["one", "two"] {
                try await stream.write(Array(text.utf8))
                #expect(try await stream.read() == Array(text.utf8))
            }
            await stream.close()
            #expect(Self.attempts(server) == 1)
        }
    }

    @Test func `the password is seen by nobody but sudo's standard input`() async throws {
        try await Self.with { server, connection in
            let outcome = try await connection.run(
                Command(["cat"], asRoot: true), input: [], outputLimit: 1000, deadline: .seconds(20))
            let seen = try String(contentsOfFile: "\(server.directory)/seen", encoding: .utf8)
            #expect(seen.contains("-S -p") && !seen.contains("s3 cret"))
            #expect(outcome.output.isEmpty && outcome.errorOutput.isEmpty)
        }
    }

    @Test func `a wrong password is tried once and never again`() async throws {
        try await Self.with(password: "wrong") { server, connection in
            for _ in 0..<2 {
                let error = await #expect(throws: HostAccessError.self) {
                    try await connection.run(Self.command, input: [], outputLimit: 1000, deadline: .seconds(20))
                }
                #expect(error?.reason == .sudoPasswordRejected)
                #expect(error?.problem.contains("wrong") == false)
            }
            let error = await #expect(throws: HostAccessError.self) {
                try await connection.open(Self.command, deadline: .seconds(20))
            }
            #expect(error?.reason == .sudoPasswordRejected)
            #expect(Self.attempts(server) == 1)
            // The session goes on.
            let next = try await connection.shell("echo in")
            #expect(next.text == "in\n")
        }
    }

    @Test func `a user that may not use sudo is told so, and the input stays here`() async throws {
        try await Self.with { server, connection in
            try "".write(toFile: "\(server.directory)/refuse", atomically: false, encoding: .utf8)
            let run = await #expect(throws: HostAccessError.self) {
                try await connection.run(
                    Self.command, input: [UInt8](repeating: 0, count: 8 << 20), outputLimit: 1000,
                    deadline: .seconds(20))
            }
            #expect(run?.reason == .sudoRefused && run?.problem.contains("sudoers") == true)
            let open = await #expect(throws: HostAccessError.self) {
                try await connection.open(Self.command, deadline: .seconds(20))
            }
            #expect(open?.reason == .sudoRefused)
        }
    }

    @Test func `without a password sudo runs the bare command, so that a rule can allow just that`() async throws {
        try await Self.with(password: nil) { server, connection in
            Self.expectUntouched(
                try await connection.run(
                    Self.command, input: Array("the input".utf8), outputLimit: 1000, deadline: .seconds(20)))
            let seen = try String(contentsOfFile: "\(server.directory)/seen", encoding: .utf8)
            #expect(seen.hasPrefix("-n -- sh -c cat;"))
        }
    }
}
