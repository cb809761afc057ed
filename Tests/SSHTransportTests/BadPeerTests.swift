import FleetModel
import Foundation
import HostAccess
import NIOCore
import SSHTransport
import Testing

@Suite struct BadPeerTests {
    @Test func `a peer that says nothing is given up at the deadline`() async throws {
        try await ScriptedPeer.with {
            Talker("", then: .silence)
        } _: { peer in
            let start = ContinuousClock.now
            let error = try await peer.error(deadline: .seconds(6))
            #expect(error.reason == .timedOut && error.problem.contains("SSH handshake"))
            #expect(start.duration(to: .now) < .seconds(30))
        }
    }

    @Test func `a greeting without end is cut off`() async throws {
        let greeting = String(repeating: "no SSH here\r\n", count: 100_000)
        try await ScriptedPeer.with {
            Talker(greeting, then: .silence)
        } _: { peer in
            let error = try await peer.error(deadline: .seconds(20))
            #expect(error.reason == .protocolViolation)
        }
    }

    @Test func `a web server is recognised as no SSH server`() async throws {
        try await ScriptedPeer.with {
            Talker("HTTP/1.1 400 Bad Request\r\n\r\n", then: .close)
        } _: { peer in
            let error = try await peer.error(deadline: .seconds(20))
            #expect(error.reason == .protocolViolation && error.problem.contains("HTTP/1.1 400 Bad Request"))
        }
    }

    @Test func `garbage after an SSH greeting is a violation of the protocol`() async throws {
        let garbage = "SSH-2.0-Garbage\r\n" + String(repeating: "garbage!", count: 1000)
        try await ScriptedPeer.with {
            Talker(garbage, then: .silence)
        } _: { peer in
            let error = try await peer.error(deadline: .seconds(20))
            #expect(error.reason == .protocolViolation)
        }
    }

    @Test func `a peer that hangs up at once, or is not there, is a lost or refused connection`() async throws {
        try await ScriptedPeer.with {
            Talker("", then: .close)
        } _: { peer in
            let lost = try await peer.error(deadline: .seconds(20))
            #expect(lost.reason == .connectionLost)
        }
        let connector = SSHConnector()
        let endpoint = HostEndpoint(name: try #require(HostName("x")), address: "localhost", port: 1, user: "nobody")
        let refused = await #expect(throws: HostAccessError.self) {
            try await connector.connect(to: endpoint, deadline: .seconds(20))
        }
        #expect(refused?.reason == .connectionRefused)
        var nowhere = endpoint
        nowhere.address = "no-such-host.invalid"
        let unknown = await #expect(throws: HostAccessError.self) {
            try await connector.connect(to: nowhere, deadline: .seconds(20))
        }
        #expect(unknown?.reason == .addressNotFound)
        await connector.shutdown()
    }

    /// What a login and two commands come to when the connection is cut.
    private enum Result: Equatable {
        case finished
        case cut
        case other(String)
    }

    @Test func `a connection cut at any byte is lost, and nothing crashes or hangs`() async throws {
        try await PrivateServer.with(options: ["MaxStartups 1000"]) { server in
            // The relays listen on ports of their own.
            let known = try String(contentsOfFile: server.knownHosts, encoding: .utf8)
            try known.replacing(":\(server.port)", with: ":*")
                .write(toFile: server.knownHosts, atomically: true, encoding: .utf8)
            try await server.withConnector { connector in
                // About 3,400 bytes come from the server before the commands' 2 x 40,000.
                let cuts = Array(stride(from: 0, to: 4000, by: 61)) + Array(stride(from: 4001, to: 80_000, by: 7919))
                let results = try await withThrowingTaskGroup(of: (Int, Result).self) { group in
                    for cut in cuts { group.addTask { (cut, try await result(server, connector, cut: cut)) } }
                    return try await group.reduce(into: [Int: Result]()) { $0[$1.0] = $1.1 }
                }
                #expect(results.filter { $0.value != .cut } == [:])
                #expect(try await result(server, connector, cut: .max) == .finished)
            }
        }
    }

    private func result(_ server: PrivateServer, _ connector: SSHConnector, cut: Int) async throws -> Result {
        try await ScriptedPeer.with {
            CuttingRelay(to: server.port, after: cut)
        } _: { peer in
            await outcome(connector, try server.endpoint(port: peer.port))
        }
    }

    private func outcome(_ connector: SSHConnector, _ endpoint: HostEndpoint) async -> Result {
        do throws(HostAccessError) {
            let connection = try await connector.connect(to: endpoint, deadline: .seconds(30))
            for _ in 0..<2 {
                let outcome = try await connection.shell("head -c 40000 /dev/zero")
                if outcome.ending == .lost { return .cut }
                guard outcome.succeeded else { return .other("\(outcome.ending)") }
            }
            return .finished
        } catch {
            return error.reason == .connectionLost ? .cut : .other("\(error)")
        }
    }
}
