import Foundation
import HostAccess
import SSHTransport
import Testing

@Suite struct CommandTests {
    @Test func `a command's input, output, error output and status all arrive`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let outcome = try await connection.run(
                    Command(["sh", "-c", "cat; echo oops >&2; exit 7"]), input: Array("hello".utf8), outputLimit: 1000,
                    deadline: .seconds(10))
                #expect(String(decoding: outcome.output, as: UTF8.self) == "hello")
                #expect(String(decoding: outcome.errorOutput, as: UTF8.self) == "oops\n")
                #expect(outcome.ending == .exited(7))
            }
        }
    }

    @Test func `a stream answers line by line and tells how it ended`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnection { connection in
                let stream = try await connection.open(
                    Command(["sh", "-c", "while read l; do echo \"got $l\"; test \"$l\" = end && exit 3; done"]),
                    deadline: .seconds(10))
                try await stream.write(Array("one\n".utf8))
                #expect(try await stream.read() == Array("got one\n".utf8))
                try await stream.write(Array("end\n".utf8))
                #expect(try await stream.read() == Array("got end\n".utf8))
                #expect(try await stream.read() == nil)
                #expect(await stream.ending().0 == .exited(3))
                await stream.close()
            }
        }
    }
}
