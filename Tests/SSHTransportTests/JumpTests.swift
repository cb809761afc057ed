import Crypto
import FleetModel
import Foundation
import Glibc
import HostAccess
import SSHTransport
import Testing

@Suite struct JumpTests {
    @Test func `hosts behind a bastion share one session to it, which ends after the last of them`() async throws {
        try await Roads.with([["MaxStartups 100"], ["MaxStartups 100"]]) { roads in
            let endpoint = try roads.endpoint(through: [0], to: 1)
            try await withThrowingTaskGroup(of: (any HostConnection).self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let connection = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
                        #expect(try await connection.shell("echo in").text == "in\n")
                        return connection
                    }
                }
                let connections = try await group.reduce(into: []) { $0.append($1) }
                #expect(try Loopback.socketCount(to: roads.servers[0].port) == 1)
                #expect(try Loopback.socketCount(to: roads.servers[1].port) == 0)
                for connection in connections { await connection.close() }
            }
            try await waitUntil { try Loopback.socketCount(to: roads.servers[0].port) == 0 }
        }
    }

    @Test func `a chain of three bastions carries bytes whole, under rekeying at every hop`() async throws {
        try await Roads.with(Array(repeating: ["RekeyLimit 1M"], count: 4)) { roads in
            let endpoint = try roads.endpoint(through: [0, 1, 2], to: 3)
            let key = try await roads.connector.hostKey(of: endpoint, deadline: .seconds(20))
            let known = try String(contentsOfFile: roads.servers[3].knownHosts, encoding: .utf8)
            #expect(known.hasPrefix(key.knownHostsLine(address: "127.0.0.1", port: endpoint.port)))
            let connection = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            let input = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let digest = SHA256.hash(data: input).map { String(format: "%02x", $0) }.joined()
            let up = try await connection.shell("sha256sum", input: input, deadline: .seconds(60))
            #expect(up.text.hasPrefix(digest))
            let down = try await connection.shell("cat", input: input, deadline: .seconds(60))
            let isWhole = down.output == input
            #expect(isWhole)
        }
    }

    @Test func `a lost bastion loses all behind it, and the next connection makes a new one`() async throws {
        try await Roads.with([[], []]) { roads in
            let endpoint = try roads.endpoint(through: [0], to: 1)
            let first = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            let second = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            async let lost = first.shell("sleep 5")
            #expect(try await second.shell("echo on").text == "on\n")
            try roads.servers[0].killSessions()
            #expect(try await lost.ending == .lost)
            let error = await #expect(throws: HostAccessError.self) { try await second.shell("true") }
            #expect(error?.reason == .connectionLost && error?.isTransient == true)
            #expect(error?.problem.contains("through bastion 'bastion-0'") == true)
            let third = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            #expect(try await third.shell("echo again").text == "again\n")
        }
    }

    @Test func `what a bastion cannot or must not reach is told with the bastion's name and words`() async throws {
        try await Roads.with([[], [], ["AllowTcpForwarding no"]]) { roads in
            let closed = try await roads.error(of: try roads.endpoint(through: [0], to: 1, port: 1))
            #expect(closed.reason == .connectionRefused)
            #expect(
                closed.problem == "through bastion 'bastion-0': it cannot connect to 127.0.0.1:1 (Connection refused)")
            var nowhere = try roads.endpoint(through: [0], to: 1)
            nowhere.address = "no-such-host.invalid"
            let unknown = try await roads.error(of: nowhere)
            #expect(unknown.problem.contains("it cannot connect to no-such-host.invalid"))
            let forbidden = try await roads.error(of: try roads.endpoint(through: [2], to: 1))
            #expect(forbidden.reason == .channelRefused && !forbidden.isTransient)
            #expect(forbidden.problem.contains("through bastion 'bastion-2': it forbids the connection"))
            #expect(forbidden.hint?.contains("AllowTcpForwarding") == true)
        }
    }

    @Test func `every hop's key and login are checked, and a refused login is not repeated at once`() async throws {
        try await Roads.with([[], ["LogLevel VERBOSE"], []]) { roads in
            var endpoint = try roads.endpoint(through: [0, 1], to: 2)
            let stranger = "\(roads.servers[1].directory)/stranger"
            try PrivateServer.makeKey(stranger, type: "ed25519")
            endpoint.jumps[1].identityFiles = [stranger]
            for _ in 0..<3 {
                let refused = try await roads.error(of: endpoint)
                #expect(refused.reason == .authenticationFailed)
                #expect(refused.problem.hasPrefix("through bastion 'bastion-1': logging in there failed: the host"))
            }
            try await waitUntil { try roads.servers[1].logLines(containing: "by authenticating user") == 1 }
            try Data().write(to: URL(fileURLWithPath: roads.servers[2].knownHosts))
            let unknown = try await roads.error(of: try roads.endpoint(through: [2], to: 0))
            #expect(unknown.reason == .hostKeyUnknown)
            #expect(unknown.problem.hasPrefix("through bastion 'bastion-2': logging in there failed: the host's"))
        }
    }

    @Test func `hosts that do not answer do not keep the others behind the same bastion waiting`() async throws {
        try await Roads.with([[], []]) { roads in
            let silent = try SilentPort()
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let dead = try roads.endpoint(through: [0], to: 1, port: silent.port)
                    group.addTask {
                        let error = try await roads.error(of: dead, deadline: .seconds(30))
                        #expect(error.reason == .connectionTimedOut)
                        #expect(error.problem.contains("no answer from 127.0.0.1:\(silent.port)"))
                    }
                }
                let alive = try roads.endpoint(through: [0], to: 1)
                for _ in 0..<4 {
                    group.addTask {
                        let connection = try await roads.connector.connect(to: alive, deadline: .seconds(20))
                        #expect(try await connection.shell("echo in").text == "in\n")
                        #expect(start.duration(to: .now) < .seconds(10))
                    }
                }
                try await group.waitForAll()
            }
            // Given up openings have left the sessions usable.
            let again = try await roads.connector.connect(
                to: try roads.endpoint(through: [0], to: 1), deadline: .seconds(20))
            #expect(try await again.shell("echo on").text == "on\n")
        }
    }

    @Test func `a host that stops reading fills neither our memory nor its neighbours' road`() async throws {
        try await Roads.with([[], [], []]) { roads in
            let slow = try await roads.connector.connect(
                to: try roads.endpoint(through: [0], to: 1), deadline: .seconds(20))
            let other = try await roads.connector.connect(
                to: try roads.endpoint(through: [0], to: 2), deadline: .seconds(20))
            let pid = try await slow.shell("echo $PPID").text.trimmingCharacters(in: .whitespacesAndNewlines)
            let stream = try await slow.open(Command(["cat"]), deadline: .seconds(10))
            try Spawn.run(["/bin/kill", "-STOP", pid])
            let before = try residentBytes()
            let writer = Task {
                let chunk = [UInt8](repeating: 1, count: 1 << 20)
                for _ in 0..<256 { try await stream.write(chunk) }
            }
            let upload = try await other.shell("wc -c", input: [UInt8](repeating: 1, count: 16 << 20))
            #expect(upload.text == "16777216\n")
            #expect(try residentBytes() - before < 64 << 20)
            writer.cancel()
            _ = await writer.result
            await slow.close()
            try Spawn.run(["/bin/kill", "-KILL", pid])
            #expect(try await other.shell("echo on").text == "on\n")
        }
    }

    @Test func `cancelled connections through a bastion leave nothing open`() async throws {
        try await Roads.with([[], []]) { roads in
            let endpoint = try roads.endpoint(through: [0], to: 1)
            let keeper = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            for delay in stride(from: 0, through: 60, by: 4) {
                let task = Task { try await roads.connector.connect(to: endpoint, deadline: .seconds(20)) }
                // Not a condition: the moments at which to cancel.
                try await Task.sleep(for: .milliseconds(delay))
                task.cancel()
                _ = await task.result
            }
            #expect(try await keeper.shell("echo on").text == "on\n")
            await keeper.close()
            try await waitUntil { try Loopback.socketCount(to: roads.servers[0].port) == 0 }
        }
    }
}
