import Foundation
import Glibc
import HostAccess
import SSHTransport
import Testing

@Suite struct CancellationTests {
    @Test func `a task cancelled at any time leaves no socket and no command behind`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnector { connector in
                let endpoint = try server.endpoint()
                for delay in stride(from: 0, through: 160, by: 4) {
                    let task = Task {
                        let connection = try await connector.connect(to: endpoint, deadline: .seconds(20))
                        _ = try await connection.shell("exec sleep 5")
                    }
                    // Not a condition: the moments at which to cancel.
                    try await Task.sleep(for: .milliseconds(delay))
                    task.cancel()
                    let result = await task.result
                    #expect(throws: HostAccessError.self) { try result.get() }
                }
                try await waitUntil { try Loopback.socketCount(to: server.port) == 0 }
            }
        }
    }

    @Test func `a cancelled command closes its channel only`() async throws {
        try await PrivateServer.with(options: ["MaxSessions 2"]) { server in
            try await server.withConnection { connection in
                let mark = "\(server.directory)/started"
                let command = Task { try await connection.shell("touch \(mark); exec sleep 3") }
                try await waitUntil { FileManager.default.fileExists(atPath: mark) }
                command.cancel()
                let ended = await command.result
                #expect(throws: HostAccessError.self) { try ended.get() }
                // Were channels left open, the host would soon refuse more.
                for _ in 0..<4 {
                    let stream = try await connection.openWhenPossible()
                    let reader = Task { try await stream.read() }
                    reader.cancel()
                    let read = await reader.result
                    #expect(throws: HostAccessError.self) { try read.get() }
                }
            }
        }
    }

    @Test func `a connection and a stream that nobody holds any more are closed`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnector { connector in
                var connection: (any HostConnection)? = try await connector.connect(
                    to: try server.endpoint(), deadline: .seconds(20))
                var stream = try await connection?.open(Command(["cat"]), deadline: .seconds(10))
                #expect(try Loopback.socketCount(to: server.port) == 1)
                connection = nil
                try await stream?.write(Array("still here".utf8))
                #expect(try await stream?.read() == Array("still here".utf8))
                stream = nil
                try await waitUntil { try Loopback.socketCount(to: server.port) == 0 }
            }
        }
    }
}
