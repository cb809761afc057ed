import Crypto
import Foundation
import HostAccess
import Testing

@testable import SSHTransport

extension HostConnection {
    /// Runs shell text with limits that no test reaches.
    func shell(
        _ text: String, input: [UInt8] = [], outputLimit: Int = 16 << 20, deadline: Duration = .seconds(30)
    ) async throws(HostAccessError) -> CommandOutcome {
        try await run(Command(["sh", "-c", text]), input: input, outputLimit: outputLimit, deadline: deadline)
    }
}

extension HostConnection {
    /// Starts a `cat`; sshd may still count a command against MaxSessions that has just ended.
    func openWhenPossible() async throws -> any HostStream {
        var stream: (any HostStream)?
        try await waitUntil {
            do throws(HostAccessError) {
                stream = try await open(Command(["cat"]), deadline: .seconds(10))
                return true
            } catch  where error.reason == .channelRefused {
                return false
            }
        }
        return try #require(stream)
    }
}

extension CommandOutcome {
    var text: String { String(decoding: output, as: UTF8.self) }
}

extension SSHSession {
    fileprivate var heldBytes: Int { engine?.transport.heldBytes ?? 0 }
}

/// What this process holds in memory (proc_pid_statm(5), pages).
func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(fields[1])) * Int(getpagesize())
}

@Suite struct CommandTests {
    @Test func `input, output, error output and status all arrive`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let outcome = try await connection.shell("cat; echo oops >&2; exit 7", input: Array("hello".utf8))
                #expect(outcome.text == "hello")
                #expect(String(decoding: outcome.errorOutput, as: UTF8.self) == "oops\n")
                #expect(outcome.ending == .exited(7))
                #expect(try await connection.shell("true").ending == .exited(0))
                #expect(try await connection.shell("exit 255").ending == .exited(255))
                #expect(try await connection.shell("kill -TERM $$").ending == .signalled("TERM"))
                #expect(try await connection.shell("kill -KILL $$").ending == .signalled("KILL"))
            }
        }
    }

    @Test func `what libssh2 keeps of a peer is counted until somebody takes it`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let session = try #require(connection as? SSHConnection).session
                let held = { await session.heldBytes }
                let before = await held()
                #expect((1...(1 << 20)).contains(before))
                let flood = Command(["head", "-c", "1000000", "/dev/zero"])
                let stream = try await connection.open(flood, deadline: .seconds(10))
                try await waitUntil { await held() > 1_000_000 }
                while try await stream.read() != nil {}
                await stream.close()
                try await waitUntil { await held() < before + 100_000 }
            }
        }
    }

    @Test func `a flood of output is not kept in memory`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                _ = try await connection.shell("true")
                let before = try residentBytes()
                let outcome = try await connection.shell(
                    "head -c 134217728 /dev/zero >&2", outputLimit: 100, deadline: .seconds(120))
                #expect(outcome.droppedBytes == 134_217_728 - 100)
                #expect(try residentBytes() - before < 64 << 20)
            }
        }
    }

    @Test func `output beyond the limit is dropped and counted`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let outcome = try await connection.shell(
                    "head -c 3000000 /dev/zero; head -c 200 /dev/zero >&2", outputLimit: 100)
                #expect(outcome.output.count == 100)
                #expect(outcome.errorOutput.count == 100)
                #expect(outcome.droppedBytes == 3_000_000 - 100 + 100)
                #expect(outcome.ending == .exited(0))
            }
        }
    }

    @Test func `a command whose server dies is lost, and so is the connection`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let outcome = try await connection.shell("echo before; sleep 0.1; kill -9 $PPID; sleep 5")
                #expect(outcome.ending == .lost)
                #expect(outcome.text == "before\n")
                await #expect(throws: HostAccessError.self) { try await connection.shell("true") }
            }
        }
    }

    @Test func `a channel closed without a status is no success`() async throws {
        try await PrivateServer.with(options: ["ChannelTimeout session:command=1s"]) { server in
            try await server.withConnection { connection in
                let outcome = try await connection.shell("sleep 5")
                #expect(outcome.ending == .unknown)
            }
        }
    }

    @Test func `a command that takes too long is timed out, and the connection goes on`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let outcome = try await connection.shell("echo started; sleep 5", deadline: .milliseconds(700))
                #expect(outcome.ending == .timedOut)
                #expect(outcome.text == "started\n")
                #expect(try await connection.shell("echo on").text == "on\n")
            }
        }
    }

    @Test func `a host that falls silent is lost, also under a command`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnector {
                $0.keepaliveInterval = .milliseconds(500)
                $0.silenceLimit = .seconds(6)
            } _: { connector in
                let connection = try await connector.connect(to: try server.endpoint(), deadline: .seconds(20))
                let pid = try await connection.shell("echo $PPID").text
                let start = ContinuousClock.now
                let outcome = try await connection.shell("kill -STOP $PPID; sleep 8")
                #expect(outcome.ending == .lost)
                #expect(start.duration(to: .now) < .seconds(30))
                try Spawn.run(["/bin/kill", "-9", pid.trimmingCharacters(in: .whitespacesAndNewlines)])
            }
        }
    }

    @Test func `a stream answers line by line and tells how it ended`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let script = "while read l; do echo \"got $l\"; test \"$l\" = end && { echo bye >&2; exit 3; }; done"
                let stream = try await connection.open(Command(["sh", "-c", script]), deadline: .seconds(10))
                try await stream.write(Array("one\n".utf8))
                #expect(try await stream.read() == Array("got one\n".utf8))
                try await stream.write(Array("end\n".utf8))
                #expect(try await stream.read() == Array("got end\n".utf8))
                #expect(try await stream.read() == nil)
                let (ending, errorTail) = await stream.ending()
                #expect(ending == .exited(3))
                #expect(errorTail == Array("bye\n".utf8))
                await #expect(throws: HostAccessError.self) { try await stream.write([1]) }
                await stream.close()
                await stream.close()
            }
        }
    }

    @Test func `a writer to a command that has died is told so`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let stream = try await connection.open(Command(["sh", "-c", "exit 5"]), deadline: .seconds(10))
                let chunk = [UInt8](repeating: 0, count: 1 << 20)
                await #expect(throws: HostAccessError.self) {
                    for _ in 0..<100 { try await stream.write(chunk) }
                }
                #expect(await stream.ending().0 == .exited(5))
            }
        }
    }

    @Test func `a write within the window goes out without a word from the host`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                // It reads nothing, so the host has nothing to say; its window is 2 MiB (OpenSSH's channels.h).
                let stream = try await connection.open(Command(["sleep", "5"]), deadline: .seconds(10))
                try await stream.write([UInt8](repeating: 0, count: 1 << 20))
                #expect(try await connection.shell("echo on").text == "on\n")
            }
        }
    }

    @Test func `an upload to a full disk returns at once with the command's own words`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let outcome = try await connection.shell(
                    "exec cat > /dev/full", input: [UInt8](repeating: 7, count: 32 << 20))
                #expect(outcome.ending == .exited(1))
                #expect(String(decoding: outcome.errorOutput, as: UTF8.self).contains("No space left"))
            }
        }
    }

    @Test func `a flood of error output does not stop a slow reader's output`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let script = "head -c 8000000 /dev/zero >&2; head -c 4000000 /dev/zero; echo end >&2"
                let stream = try await connection.open(Command(["sh", "-c", script]), deadline: .seconds(10))
                var count = 0
                while let bytes = try await stream.read() {
                    count += bytes.count
                    // Other commands go on while this one's output waits in the window.
                    if count == bytes.count { #expect(try await connection.shell("echo x").text == "x\n") }
                }
                #expect(count == 4_000_000)
                let (ending, errorTail) = await stream.ending()
                #expect(ending == .exited(0))
                #expect(errorTail.count == 4096 && errorTail.suffix(4) == Array("end\n".utf8)[...])
            }
        }
    }

    @Test func `dozens of commands at once on one connection under constant rekeying keep their bytes apart`()
        async throws
    {
        try await PrivateServer.with(options: ["RekeyLimit 1M", "MaxSessions 100"]) { server in
            try await server.withConnection { connection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<8 {
                        group.addTask {
                            for round in 0..<10 {
                                let size = (worker * 37_003 + round * 91_009) % 400_000
                                let input = [UInt8](repeating: UInt8(worker * 10 + round), count: size)
                                let outcome = try await connection.shell(
                                    "tee /dev/stderr; exit \(worker)", input: input)
                                #expect(outcome.ending == .exited(Int32(worker)))
                                // Not the bytes themselves: a failure would print them all.
                                let counts = [outcome.output.count, outcome.errorOutput.count]
                                #expect(counts == [size, size])
                                let isWhole = outcome.output == input && outcome.errorOutput == input
                                #expect(isWhole)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `64 MiB arrive whole under constant rekeying`() async throws {
        try await PrivateServer.with(options: ["RekeyLimit 4M"]) { server in
            try await server.withConnection { connection in
                let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
                var input: [UInt8] = []
                for _ in 0..<64 { input += block }
                let digest = SHA256.hash(data: input).map { String(format: "%02x", $0) }.joined()
                let outcome = try await connection.shell("sha256sum", input: input, deadline: .seconds(60))
                #expect(outcome.text.hasPrefix(digest))
            }
        }
    }

    @Test func `more commands at once than the host allows are refused by name, and the connection goes on`()
        async throws
    {
        try await PrivateServer.with(options: ["MaxSessions 3"]) { server in
            try await server.withConnection { connection in
                var streams: [any HostStream] = []
                let error = await #expect(throws: HostAccessError.self) {
                    for _ in 0..<4 {
                        streams.append(try await connection.open(Command(["cat"]), deadline: .seconds(10)))
                    }
                }
                #expect(error?.reason == .channelRefused)
                #expect(error?.hint?.contains("MaxSessions") == true)
                for stream in streams { await stream.close() }
                _ = try await connection.openWhenPossible()
            }
        }
    }

    @Test func `an idle connection answers the host's keepalives`() async throws {
        try await PrivateServer.with(options: ["ClientAliveInterval 1", "ClientAliveCountMax 2"]) { server in
            try await server.withConnection { connection in
                #expect(try await connection.shell("true").ending == .exited(0))
                // The condition is that time passes: the host would give up after three seconds.
                try await Task.sleep(for: .seconds(5))
                #expect(try await connection.shell("echo alive").text == "alive\n")
            }
        }
    }
}
