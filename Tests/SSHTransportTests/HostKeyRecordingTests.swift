import FleetModel
import Foundation
import HostAccess
import NIOConcurrencyHelpers
import Testing

@testable import SSHTransport

/// First keys that are recorded: `StrictHostKeyChecking accept-new`, and what `coord trust` does.
@Suite struct HostKeyRecordingTests {
    private static func line(_ server: PrivateServer) throws -> String {
        try String(contentsOfFile: "\(server.directory)/host_ed25519.pub", encoding: .utf8)
            .split(separator: " ").prefix(2).joined(separator: " ")
    }

    private static func endpoint(_ server: PrivateServer, _ change: (inout SSHSettings) -> Void) throws -> HostEndpoint
    {
        var endpoint = try server.endpoint()
        endpoint.settings.newHostKey = .recorded
        change(&endpoint.settings)
        return endpoint
    }

    @Test func `a first key is recorded once, told once, and then checked`() async throws {
        try await PrivateServer.with { server in
            let file = "\(server.directory)/new/known_hosts"
            let told = NIOLockedValueBox<[RecordedHostKey]>([])
            try await server.withConnector {
                $0.hostKeyRecorded = { key in told.withLockedValue { $0.append(key) } }
            } _: { connector in
                let endpoint = try Self.endpoint(server) { $0.knownHostsFiles = [file] }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask { _ = try await connector.connect(to: endpoint, deadline: .seconds(20)) }
                    }
                    try await group.waitForAll()
                }
                #expect(told.withLockedValue { $0.map(\.path) } == [file])
                let text = try String(contentsOfFile: file, encoding: .utf8)
                #expect(text == "[127.0.0.1]:\(server.port) \(try Self.line(server))\n")
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                let other = try String(contentsOfFile: "\(server.directory)/user.pub", encoding: .utf8)
                try "[127.0.0.1]:\(server.port) \(other)".write(toFile: file, atomically: true, encoding: .utf8)
                let changed = try await loginError(connector, endpoint)
                #expect(changed.reason == .hostKeyChanged)
                #expect(told.withLockedValue { $0.count } == 1)
            }
        }
    }

    @Test func `an alias is what the key is recorded under, without the port`() async throws {
        try await PrivateServer.with { server in
            let file = "\(server.directory)/aliases"
            try await server.withConnector { connector in
                let endpoint = try Self.endpoint(server) {
                    $0.knownHostsFiles = [file]
                    $0.hostKeyAlias = "Web-1"
                }
                _ = try await connector.connect(to: endpoint, deadline: .seconds(20))
                let text = try String(contentsOfFile: file, encoding: .utf8)
                #expect(text == "web-1 \(try Self.line(server))\n")
                #expect(endpoint.knownHostName == "web-1")
            }
        }
    }

    @Test func `lines are hashed in a file that hashes, and begin on a line of their own`() throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = "\(directory)/known_hosts"
        let blob = Array(
            Data(base64Encoded: "AAAAC3NzaC1lZDI1NTE5AAAAIEhFVZ8iDJtaNwUUUeYSyuTRzMp1JlVVKg0nTHkzFUTV") ?? Data())
        let key = try #require(HostKey(blob: blob))
        let names = ["10.0.0.1", "db"].map { KnownHostName(address: $0, port: 22) }
        try key.knownHostsLine(address: "old", port: 22).write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try KnownHostsFile(path: path).record([(names[0], key)]))
        #expect(
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").last?.hasPrefix("10.0.0.1 ")
                == true)
        try Spawn.run(["/usr/bin/ssh-keygen", "-q", "-H", "-f", path])
        let file = KnownHostsFile(path: path)
        #expect(try file.record([(names[1], key), (names[0], key)]))
        #expect(try !file.record([(names[1], key)]))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 3 && !text.contains("db") && !text.contains("10.0.0.1"))
        // ssh-keygen finds what we hashed.
        try Spawn.run(["/usr/bin/ssh-keygen", "-F", "db", "-f", path])
    }

    @Test func `a file that cannot be written is named`() async throws {
        try await PrivateServer.with { server in
            try await server.withConnector { connector in
                let endpoint = try Self.endpoint(server) { $0.knownHostsFiles = ["/proc/no/known_hosts"] }
                let error = try await loginError(connector, endpoint)
                #expect(error.reason == .hostKeyUnknown)
                #expect(error.problem.contains("cannot record the host's key in '/proc/no/known_hosts'"))
            }
        }
    }

    @Test func `a host's state is new, known, changed or revoked`() async throws {
        try await PrivateServer.with(hostKeyTypes: ["ed25519", "ecdsa"]) { server in
            try await server.withConnector { connector in
                var endpoint = try server.endpoint()
                endpoint.settings.knownHostsFiles = ["\(server.directory)/states"]
                let key = try await connector.hostKey(
                    of: endpoint, preferring: ["ecdsa-sha2-nistp256"], deadline: .seconds(20))
                #expect(key.type == "ecdsa-sha2-nistp256")
                #expect(try await connector.state(of: key, for: endpoint) == .new)
                #expect(try await connector.record(key, for: endpoint) == "\(server.directory)/states")
                #expect(try await connector.state(of: key, for: endpoint) == .known)
                let other = try await connector.hostKey(of: try server.endpoint(), deadline: .seconds(20))
                #expect(other.type == "ssh-ed25519")
                guard
                    case .changed(let place, let fingerprint, let removal) =
                        try await connector.state(of: other, for: endpoint)
                else {
                    Issue.record("another key is a changed key")
                    return
                }
                #expect(place == "\(server.directory)/states:1" && fingerprint == key.fingerprint)
                #expect(removal.hasPrefix("ssh-keygen -f "))
            }
        }
    }
}
