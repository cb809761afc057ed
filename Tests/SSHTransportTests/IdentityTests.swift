import Foundation
import HostAccess
import SSHTransport
import Testing

/// Which keys and certificates a login uses, against a real sshd.
@Suite struct IdentityTests {
    private static func key(
        _ server: PrivateServer, _ name: String, type: String = "ecdsa", options: [String] = [],
        isAuthorized: Bool = true
    ) throws -> String {
        let path = "\(server.directory)/\(name)"
        try PrivateServer.makeKey(path, type: type, options: options)
        if isAuthorized { try server.authorize(path + ".pub") }
        return path
    }

    /// Certifies `key` with the server's authority, as `ssh-keygen -s` does.
    private static func certify(
        _ key: String, _ server: PrivateServer, principals: String, validity: String = "-1m:+1h"
    ) throws {
        try Spawn.run([
            "/usr/bin/ssh-keygen", "-q", "-s", "\(server.directory)/authority", "-I", "test", "-n", principals, "-V",
            validity, key + ".pub",
        ])
    }

    /// A server that trusts certificates of `authority` and no plain key but the test's own.
    private static func withAuthority(_ body: (PrivateServer) async throws -> Void) async throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try PrivateServer.makeKey("\(directory)/authority", type: "ed25519")
        try await PrivateServer.with(options: ["TrustedUserCAKeys \(directory)/authority.pub"]) { server in
            for end in ["", ".pub"] {
                try FileManager.default.copyItem(
                    atPath: "\(directory)/authority\(end)", toPath: "\(server.directory)/authority\(end)")
            }
            try await body(server)
        }
    }

    private static func expectLogin(_ connector: SSHConnector, _ endpoint: HostEndpoint) async throws {
        let connection = try await connector.connect(to: endpoint, deadline: .seconds(20))
        let outcome = try await connection.shell("echo in")
        #expect(outcome.text == "in\n")
        await connection.close()
    }

    @Test func `an encrypted RSA key logs in`() async throws {
        try await PrivateServer.with { server in
            let key = "\(server.directory)/rsa"
            try PrivateServer.makeKey(key, type: "rsa", passphrase: "open", options: ["-b", "2048", "-a", "1"])
            try server.authorize(key + ".pub")
            try await server.withConnector {
                $0.passphrase = { _ in "open" }
            } _: { connector in
                try await Self.expectLogin(connector, try server.endpoint(keys: [key]))
            }
        }
    }

    @Test func `a server that knows only the shorter SHA-2 takes an RSA key`() async throws {
        try await PrivateServer.with(options: ["PubkeyAcceptedAlgorithms rsa-sha2-256"]) { server in
            let key = try Self.key(server, "rsa", type: "rsa", options: ["-b", "2048"])
            try await server.withConnector { connector in
                try await Self.expectLogin(connector, try server.endpoint(keys: [key]))
            }
        }
    }

    @Test func `a server that takes RSA only with SHA-1 is named as such`() async throws {
        try await PrivateServer.with(options: ["PubkeyAcceptedAlgorithms ssh-rsa"]) { server in
            let key = try Self.key(server, "rsa", type: "rsa", options: ["-b", "2048"])
            try await server.withConnector { connector in
                let error = try await loginError(connector, try server.endpoint(keys: [key]))
                #expect(error.reason == .noCommonAlgorithm && error.problem.contains("SHA-1"))
                #expect(error.problem.contains(key) && error.hint?.contains("ssh-keygen -t ecdsa") == true)
            }
        }
    }

    @Test func `a short RSA key and a key that others may read are refused with the remedy`() async throws {
        try await PrivateServer.with { server in
            let short = try Self.key(server, "short", type: "rsa", options: ["-b", "1024"])
            let open = try Self.key(server, "open")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
            try await server.withConnector { connector in
                let tooShort = try await loginError(connector, try server.endpoint(keys: [short]))
                #expect(tooShort.reason == .keyUnusable && tooShort.problem.contains("1024 bits"))
                let readable = try await loginError(connector, try server.endpoint(keys: [open]))
                #expect(readable.reason == .keyUnusable && readable.problem.contains("mode 0644"))
                #expect(readable.hint == "chmod 600 \(open)")
                // Others that are named still log in.
                try await Self.expectLogin(
                    connector, try server.endpoint(keys: ["/nowhere", open, "\(server.directory)/user"]))
            }
        }
    }

    @Test(arguments: ["256", "384", "521"])
    func `an ECDSA key's certificate logs in, beside the key or named`(bits: String) async throws {
        try await Self.withAuthority { server in
            let key = try Self.key(server, "certified", options: ["-b", bits], isAuthorized: false)
            try Self.certify(key, server, principals: "somebody,\(server.user)")
            try await server.withConnector { connector in
                try await Self.expectLogin(connector, try server.endpoint(keys: [key]))
            }
            let moved = "\(server.directory)/moved"
            try FileManager.default.moveItem(atPath: key + "-cert.pub", toPath: moved)
            try await server.withConnector { connector in
                var endpoint = try server.endpoint(keys: [key])
                endpoint.settings.certificateFiles = [moved]
                try await Self.expectLogin(connector, endpoint)
            }
        }
    }

    @Test func `certificates that cannot help are named: expired, for others, of another type, without a key`()
        async throws
    {
        try await Self.withAuthority { server in
            let expired = try Self.key(server, "expired", isAuthorized: false)
            try Self.certify(expired, server, principals: server.user, validity: "20200101:20200102")
            let others = try Self.key(server, "others", isAuthorized: false)
            try Self.certify(others, server, principals: "ann,bob")
            let rsa = try Self.key(server, "rsa", type: "rsa", options: ["-b", "2048"], isAuthorized: false)
            try Self.certify(rsa, server, principals: server.user)
            try await server.withConnector { connector in
                for (key, words) in [
                    (expired, "expired on 2020-01-0"), (others, "is for ann, bob, not for '\(server.user)'"),
                    (rsa, "is a certificate for a key of type ssh-rsa, which libssh2"),
                ] {
                    let error = try await loginError(connector, try server.endpoint(keys: [key]))
                    #expect(error.reason == .authenticationFailed)
                    #expect(error.problem.contains("certificate '\(key)-cert.pub' \(words)"), "\(error.problem)")
                }
                var endpoint = try server.endpoint()
                endpoint.identityFiles = [rsa]
                endpoint.settings.certificateFiles = ["\(others)-cert.pub"]
                let unmatched = try await loginError(connector, endpoint)
                #expect(unmatched.problem.contains("has no private key"))
            }
        }
    }

    @Test func `an agent's RSA key and certificate log in, and its locks and absence are told`() async throws {
        try await Self.withAuthority { server in
            let rsa = try Self.key(server, "rsa", type: "rsa", options: ["-b", "2048"])
            let certified = try Self.key(server, "certified", isAuthorized: false)
            try Self.certify(certified, server, principals: server.user)
            try await withAgent(in: server.directory) { agent in
                try await server.withConnector {
                    $0.agentSocket = agent.socket
                } _: { connector in
                    let empty = try await loginError(connector, try server.endpoint(keys: []))
                    #expect(empty.reason == .keyUnusable && empty.problem.contains("holds no keys, or is locked"))
                    try agent.add(rsa)
                    try await Self.expectLogin(connector, try server.endpoint(keys: []))
                    try agent.run("ssh-add", "-q", "-D")
                    try agent.add(certified)
                    try await Self.expectLogin(connector, try server.endpoint(keys: []))
                    // The public half in a file picks the agent's key.
                    var endpoint = try server.endpoint(keys: [certified + ".pub"])
                    endpoint.settings.identitiesOnly = true
                    endpoint.settings.certificateFiles = [certified + "-cert.pub"]
                    try await Self.expectLogin(connector, endpoint)
                    endpoint.settings.identityAgent = .none
                    let without = try await loginError(connector, endpoint)
                    #expect(without.reason == .keyUnusable && without.problem.contains("holds a public key only"))
                    endpoint.settings.identityAgent = .socket("\(server.directory)/nobody")
                    endpoint.identityFiles = ["\(server.directory)/none"]
                    let absent = try await loginError(connector, endpoint)
                    #expect(absent.problem.contains("none' does not exist"))
                    endpoint.identityFiles = []
                    endpoint.settings.certificateFiles = []
                    let dead = try await loginError(connector, endpoint)
                    #expect(dead.problem == "no ssh-agent runs at '\(server.directory)/nobody'")
                    #expect(dead.hint?.contains("ssh-agent") == true)
                }
            }
        }
    }

    @Test func `a named key goes before an agent's many others, which identitiesOnly leaves out`() async throws {
        try await PrivateServer.with { server in
            let named = try Self.key(server, "named")
            let strangers = try (0..<7).map { try Self.key(server, "stranger\($0)", isAuthorized: false) }
            try await withAgent(in: server.directory) { agent in
                for key in strangers { try agent.add(key) }
                try await server.withConnector {
                    $0.agentSocket = agent.socket
                } _: { connector in
                    try await Self.expectLogin(connector, try server.endpoint(keys: [named]))
                    let many = try await loginError(connector, try server.endpoint(keys: []))
                    #expect(many.reason == .authenticationFailed && many.problem.contains("(1 not tried)"))
                    #expect(many.hint?.contains("IdentitiesOnly") == true)
                    var endpoint = try server.endpoint(keys: [strangers[6]])
                    endpoint.settings.identitiesOnly = true
                    let only = try await loginError(connector, endpoint)
                    #expect(only.problem.contains("none of these keys"))
                    #expect(only.problem.components(separatedBy: "agent key").count == 2)
                }
            }
        }
    }
}
