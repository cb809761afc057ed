import Foundation
import HostAccess
import NIOConcurrencyHelpers
import SSHTransport
import Testing

/// The error that a login fails with.
func loginError(
    _ connector: SSHConnector, _ endpoint: HostEndpoint, deadline: Duration = .seconds(20)
) async throws -> HostAccessError {
    try #require(
        await #expect(throws: HostAccessError.self) { try await connector.connect(to: endpoint, deadline: deadline) })
}

@Suite struct LoginTests {
    @Test(arguments: [
        ["ed25519"], ["ecdsa"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"], ["ecdsa", "-m", "PEM"],
        ["ecdsa", "-b", "384", "-m", "PKCS8"],
        ["rsa", "-b", "2048"], ["rsa", "-b", "4096"], ["rsa", "-b", "2048", "-m", "PEM"],
        ["rsa", "-b", "3072", "-m", "PKCS8"],
    ])
    func `keys of every kind log in`(kind: [String]) async throws {
        try await PrivateServer.with { server in
            let key = "\(server.directory)/other"
            try PrivateServer.makeKey(key, type: kind[0], options: Array(kind.dropFirst()))
            try server.authorize(key + ".pub")
            try await server.withConnector { connector in
                let connection = try await connector.connect(
                    to: try server.endpoint(keys: [key]), deadline: .seconds(20))
                #expect(try await connection.shell("echo in").text == "in\n")
            }
        }
    }

    @Test(arguments: ["aes256-ctr", "aes256-cbc", "aes128-ctr"])
    func `an encrypted key logs in, its passphrase asked for once`(cipher: String) async throws {
        try await PrivateServer.with { server in
            let key = "\(server.directory)/other"
            // One round: what bcrypt computes is the same, and unoptimised it is slow.
            try PrivateServer.makeKey(
                key, type: "ed25519", passphrase: "open sesame", options: ["-a", "1", "-Z", cipher])
            try server.authorize(key + ".pub")
            let asked = NIOLockedValueBox(0)
            try await server.withConnector {
                $0.passphrase = { _ in
                    asked.withLockedValue { $0 += 1 }
                    return "open sesame"
                }
            } _: { connector in
                let endpoint = try server.endpoint(keys: [key])
                async let first = connector.connect(to: endpoint, deadline: .seconds(20))
                async let second = connector.connect(to: endpoint, deadline: .seconds(20))
                _ = try await (first, second)
                _ = try await connector.connect(to: endpoint, deadline: .seconds(20))
                #expect(asked.withLockedValue { $0 } == 1)
            }
        }
    }

    @Test func `a wrong passphrase and a missing key are named`() async throws {
        try await PrivateServer.with { server in
            let locked = "\(server.directory)/locked"
            try PrivateServer.makeKey(locked, type: "ed25519", passphrase: "right", options: ["-a", "1"])
            try server.authorize(locked + ".pub")
            try await server.withConnector {
                $0.passphrase = { _ in "wrong" }
            } _: { connector in
                let wrong = try await loginError(connector, try server.endpoint(keys: [locked]))
                #expect(wrong.reason == .keyUnusable && wrong.problem.contains("wrong passphrase"))
                let missing = try await loginError(connector, try server.endpoint(keys: ["/nowhere/key"]))
                #expect(missing.reason == .keyUnusable && missing.problem.contains("/nowhere/key"))
            }
        }
    }

    @Test func `an ssh-agent's key logs in, and stands in for an encrypted file`() async throws {
        try await PrivateServer.with { server in
            try await withAgent(in: server.directory) { agent in
                try agent.add("\(server.directory)/user")
                try Spawn.run([
                    "/usr/bin/ssh-keygen", "-q", "-p", "-N", "secret", "-a", "1", "-f", "\(server.directory)/user",
                ])
                try await server.withConnector {
                    $0.agentSocket = agent.socket
                } _: { connector in
                    for keys in [[], ["\(server.directory)/user"]] {
                        let endpoint = try server.endpoint(keys: keys)
                        let connection = try await connector.connect(to: endpoint, deadline: .seconds(20))
                        #expect(try await connection.shell("echo in").text == "in\n")
                    }
                }
            }
        }
    }

    @Test func `a refused key is told apart from a connection lost in authentication`() async throws {
        try await PrivateServer.with { server in
            let key = "\(server.directory)/stranger"
            try PrivateServer.makeKey(key, type: "ed25519")
            try await server.withConnector { connector in
                let refused = try await loginError(connector, try server.endpoint(keys: [key]))
                #expect(refused.reason == .authenticationFailed && refused.problem.contains(key))
                #expect(!refused.isTransient)
                let none = try await loginError(connector, try server.endpoint(keys: []))
                #expect(none.reason == .authenticationFailed && none.hint?.contains("ssh-keygen") == true)
            }
        }
        try await PrivateServer.with(options: ["MaxAuthTries 1"]) { server in
            let keys = try (0..<3).map { number in
                let key = "\(server.directory)/stranger\(number)"
                try PrivateServer.makeKey(key, type: "ed25519")
                return key
            }
            try await server.withConnector { connector in
                let lost = try await loginError(connector, try server.endpoint(keys: keys))
                #expect(lost.reason == .authenticationFailed && lost.problem.contains("takes no more attempts (2 not"))
                #expect(lost.problem.contains(keys[0]) && !lost.problem.contains(keys[1]))
            }
        }
    }

    @Test func `200 logins at once on one event loop all succeed`() async throws {
        try await PrivateServer.with(options: ["MaxStartups 1000"]) { server in
            try await server.withConnector { connector in
                let endpoint = try server.endpoint()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let connection = try await connector.connect(to: endpoint, deadline: .seconds(60))
                            #expect(try await connection.shell("echo \(number)").text == "\(number)\n")
                            await connection.close()
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}

@Suite struct HostKeyTests {
    @Test func `an unknown host key is refused with its fingerprint and the way to record it`() async throws {
        try await PrivateServer.with { server in
            try Data().write(to: URL(fileURLWithPath: server.knownHosts))
            try await server.withConnector { connector in
                let error = try await loginError(connector, try server.endpoint())
                let key = try await connector.hostKey(of: try server.endpoint(), deadline: .seconds(10))
                #expect(error.reason == .hostKeyUnknown && error.problem.contains(key.fingerprint))
                #expect(error.hint?.contains("coord trust") == true)
                // What the error asks for makes the host known, without a new connector.
                let line = key.knownHostsLine(address: "127.0.0.1", port: server.port) + "\n"
                try Data(line.utf8).write(to: URL(fileURLWithPath: server.knownHosts))
                _ = try await connector.connect(to: try server.endpoint(), deadline: .seconds(10))
            }
        }
    }

    @Test func `a changed and a revoked host key are refused with the line that says so`() async throws {
        try await PrivateServer.with { server in
            let right = try String(contentsOfFile: server.knownHosts, encoding: .utf8)
            let wrong = try String(contentsOfFile: "\(server.directory)/user.pub", encoding: .utf8)
            try await server.withConnector { connector in
                try "# comment\n[127.0.0.1]:\(server.port) \(wrong)"
                    .write(toFile: server.knownHosts, atomically: true, encoding: .utf8)
                let changed = try await loginError(connector, try server.endpoint())
                #expect(changed.reason == .hostKeyChanged && changed.problem.contains("\(server.knownHosts):2"))
                #expect(
                    changed.problem.contains("CHANGED") && changed.problem.components(separatedBy: "SHA256:").count == 3
                )
                #expect(changed.hint?.contains("ssh-keygen -f '\(server.knownHosts)' -R '[127.0.0.1]:") == true)
                try "\(right)@revoked \(right)".write(toFile: server.knownHosts, atomically: true, encoding: .utf8)
                let revoked = try await loginError(connector, try server.endpoint())
                #expect(revoked.reason == .hostKeyRevoked && revoked.problem.contains("\(server.knownHosts):2"))
            }
        }
    }

    @Test func `the host is asked for the kind of key that is known of it`() async throws {
        try await PrivateServer.with(hostKeyTypes: ["ed25519", "ecdsa"]) { server in
            for type in ["ed25519", "ecdsa"] {
                let key = try String(contentsOfFile: "\(server.directory)/host_\(type).pub", encoding: .utf8)
                try "[127.0.0.1]:\(server.port) \(key)".write(
                    toFile: server.knownHosts, atomically: true, encoding: .utf8)
                try Spawn.run(["/usr/bin/ssh-keygen", "-q", "-H", "-f", server.knownHosts])
                try await server.withConnector { connector in
                    _ = try await connector.connect(to: try server.endpoint(), deadline: .seconds(10))
                }
            }
        }
    }
}
