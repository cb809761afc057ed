import FleetModel
import Foundation
import Glibc
import HostAccess
import NIOCore
import NIOPosix
import Testing

@testable import SSHTransport

@Suite struct ProxyCommandTests {
    @Test func `a proxy command carries the session, and ends with all of its group`() async throws {
        try await Roads.with([[]]) { roads in
            let server = roads.servers[0]
            var endpoint = try server.endpoint()
            let mark = "\(server.directory)/child"
            endpoint.settings.proxyCommand = """
                sh -c 'sleep 1000 & echo $! > \(mark); exec \(PrivateServer.sshd) -i -f \(server.directory)/sshd_config'
                """
            let connection = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            #expect(try await connection.shell("echo in").text == "in\n")
            let upload = try await connection.shell("wc -c", input: [UInt8](repeating: 1, count: 8 << 20))
            #expect(upload.text == "8388608\n")
            await connection.close()
            let child = try #require(pid_t(try String(contentsOfFile: mark, encoding: .utf8).dropLast()))
            #expect(kill(child, 0) == -1 || isZombie(child))
        }
    }

    @Test func `a proxy command that fails is told in its own words`() async throws {
        try await Roads.with([[]]) { roads in
            var endpoint = try roads.servers[0].endpoint()
            endpoint.settings.proxyCommand = "sh -c 'echo first >&2; echo no road to host >&2; exit 1'"
            let start = ContinuousClock.now
            let error = try await roads.error(of: endpoint)
            #expect(error.reason == .connectionLost && error.problem.contains("saying 'no road to host'"))
            #expect(start.duration(to: .now) < .seconds(5))
            endpoint.settings.proxyCommand = "/no/such/program"
            let missing = try await roads.error(of: endpoint)
            #expect(missing.problem.contains("/no/such/program: not found"))
        }
    }

    @Test func `a proxy command leads to the first bastion too`() async throws {
        try await Roads.with([[], []]) { roads in
            var endpoint = try roads.endpoint(through: [0], to: 1)
            endpoint.jumps[0].settings.proxyCommand =
                "\(PrivateServer.sshd) -i -f \(roads.servers[0].directory)/sshd_config"
            let connection = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            #expect(try await connection.shell("echo in").text == "in\n")
        }
    }

    /// Its parent is dead, and what adopted it may not have looked yet.
    private func isZombie(_ pid: pid_t) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8).split(separator: ")").last
        return state?.hasPrefix(" Z") ?? true
    }
}

@Suite struct PacingTests {
    @Test func `twenty logins at once to a host that takes two all succeed`() async throws {
        try await Roads.with([["MaxStartups 2:100:3", "LogLevel VERBOSE"]]) { roads in
            let endpoint = try roads.servers[0].endpoint()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let connection = try await roads.connector.connect(to: endpoint, deadline: .seconds(30))
                        #expect(try await connection.shell("echo \(number)").text == "\(number)\n")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a host that says it is full is asked again until the deadline, and then named so`() async throws {
        let asked = Counter()
        try await ScriptedPeer.with {
            Talker("Exceeded MaxStartups\r\n", then: .close, counting: asked)
        } _: { peer in
            let error = try await peer.error(deadline: .seconds(3))
            #expect(error.reason == .connectionLost && error.hint?.contains("MaxStartups") == true)
            #expect((3...8).contains(asked.value))
        }
    }

    @Test func `a refused login and a foreign protocol are not tried again`() async throws {
        try await Roads.with([["LogLevel VERBOSE"]]) { roads in
            let server = roads.servers[0]
            let stranger = "\(server.directory)/stranger"
            try PrivateServer.makeKey(stranger, type: "ed25519")
            let refused = try await roads.error(of: try server.endpoint(keys: [stranger]))
            #expect(refused.reason == .authenticationFailed)
            try await waitUntil { try server.logLines(containing: "by authenticating user") == 1 }
        }
        let asked = Counter()
        try await ScriptedPeer.with {
            Talker("HTTP/1.1 400 Bad Request\r\n\r\n", then: .close, counting: asked)
        } _: { peer in
            let error = try await peer.error(deadline: .seconds(10))
            #expect(error.reason == .protocolViolation)
            #expect(asked.value == 1)
        }
    }
}

@Suite struct AddressTests {
    @Test func `a name whose addresses all fail is told with each of them and why`() async throws {
        let dial = Dial(address: "web-1.example", port: 1, timeout: .seconds(5), resolver: TwoAddresses())
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let failed = await #expect(throws: (any Error).self) { try await dial.start(on: loop, created: { _ in }).get() }
        let error = dial.failure(try #require(failed))
        #expect(error.reason == .connectionRefused)
        #expect(
            error.problem == "no address of 'web-1.example' can be connected to: 127.0.0.2:1 refuses connections; "
                + "127.0.0.3:1 refuses connections")
    }

    /// A name with two addresses, neither of which has a listener.
    private struct TwoAddresses: Resolver {
        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { addresses([], port) }
        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            addresses(["127.0.0.2", "127.0.0.3"], port)
        }
        func cancelQueries() {}

        private func addresses(_ texts: [String], _ port: Int) -> EventLoopFuture<[SocketAddress]> {
            MultiThreadedEventLoopGroup.singleton.next().submit {
                try texts.map { try SocketAddress(ipAddress: $0, port: port) }
            }
        }
    }

    @Test func `IPv6 addresses are taken as they are, with their scope`() async throws {
        try await PrivateServer.with(options: ["ListenAddress ::1"]) { server in
            let known = try String(contentsOfFile: server.knownHosts, encoding: .utf8)
            try known.replacing("[127.0.0.1]", with: "[::1]")
                .write(toFile: server.knownHosts, atomically: true, encoding: .utf8)
            try await server.withConnector { connector in
                var endpoint = try server.endpoint()
                endpoint.address = "::1"
                let connection = try await connector.connect(to: endpoint, deadline: .seconds(20))
                #expect(try await connection.shell("echo in").text == "in\n")
                endpoint.address = "fe80::1%lo"
                let error = await #expect(throws: HostAccessError.self) {
                    try await connector.connect(to: endpoint, deadline: .seconds(5))
                }
                // Nobody is there, but the name service was not asked either.
                #expect(error?.reason != .addressNotFound && error?.problem.contains("fe80::1") == true)
            }
        }
    }

    @Test func `an address that does not answer is given up after the host's own connect timeout`() async throws {
        let silent = try SilentPort()
        try await Roads.with([[]]) { roads in
            var endpoint = try roads.servers[0].endpoint(port: silent.port)
            endpoint.settings.connectTimeout = 1
            let start = ContinuousClock.now
            let error = try await roads.error(of: endpoint, deadline: .seconds(20))
            #expect(error.reason == .connectionTimedOut && error.problem.contains("within 1s"))
            #expect(start.duration(to: .now) < .seconds(10))
        }
    }

    @Test func `a silent host is lost after its own count of questions`() async throws {
        try await Roads.with([[]]) { roads in
            var endpoint = try roads.servers[0].endpoint()
            endpoint.settings.aliveInterval = 1
            endpoint.settings.aliveCountMaximum = 2
            let connection = try await roads.connector.connect(to: endpoint, deadline: .seconds(20))
            let pid = try await connection.shell("echo $PPID").text.trimmingCharacters(in: .whitespacesAndNewlines)
            let start = ContinuousClock.now
            let outcome = try await connection.shell("kill -STOP $PPID; sleep 20")
            #expect(outcome.ending == .lost)
            #expect((.seconds(2)...(.seconds(10))).contains(start.duration(to: .now)))
            try Spawn.run(["/bin/kill", "-9", pid])
        }
    }
}

@Suite struct AlgorithmTests {
    /// What the server is limited to, the keyword that limits it, and the kind of algorithm as messages name it.
    @Test(arguments: [
        // SHA-1 and CBC are what we never offer, and the others what libssh2 does not have.
        ("KexAlgorithms", "sntrup761x25519-sha512@openssh.com", "key exchange"),
        ("HostKeyAlgorithms", "ssh-rsa", "host key"),
        ("Ciphers", "aes128-cbc", "cipher"),
        ("MACs", "umac-128@openssh.com", "message authentication"),
    ])
    func `a host without a common algorithm is told what it offers and which line of sshd_config to change`(
        keyword: String, algorithm: String, kind: String
    ) async throws {
        try await PrivateServer.with(options: ["\(keyword) \(algorithm)"], hostKeyTypes: ["ed25519", "rsa"]) { server in
            try await server.withConnector { connector in
                let error = await #expect(throws: HostAccessError.self) {
                    try await connector.connect(to: try server.endpoint(), deadline: .seconds(20))
                }
                #expect(error?.reason == .noCommonAlgorithm)
                #expect(error?.problem == "no common \(kind) algorithm: the host offers only \(algorithm)")
                #expect(error?.hint?.contains(keyword == "HostKeyAlgorithms" ? "ssh-keygen -A" : keyword) == true)
            }
        }
    }
}
