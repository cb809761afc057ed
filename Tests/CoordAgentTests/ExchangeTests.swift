import AgentProtocol
import Glibc
import Testing

@testable import CoordAgent

@Suite struct ExchangeTests {
    private func ask(
        _ agent: AgentConnection, _ address: String, _ text: String, claim: Claim? = nil, timeout: UInt64 = 5000
    ) throws -> ExchangeAnswer {
        let exchange = Exchange(claim: claim, address: address, text: text, timeoutMilliseconds: timeout)
        let reply = try agent.ask(.exchange(exchange))
        guard case .exchanged(let answer) = reply else { throw AgentConnection.Unexpected(reply: reply) }
        return answer
    }

    @Test func `a server at a unix socket or a port is asked and its whole answer taken`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let long = String(repeating: "x", count: 200_000)
        let unix = try LineServer(path: host.root + "/admin.sock") { "\($0): \(long)" }
        let tcp = try LineServer { "\($0)?" }
        let answer = try ask(agent, host.root + "/admin.sock", "show stat\n")
        #expect(answer == ExchangeAnswer(content: Array("show stat: \(long)".utf8)))
        for name in ["127.0.0.1", "localhost"] {
            let answer = try ask(agent, "tcp://\(name):\(tcp.port)", "get weight shop/a\n")
            #expect(answer == ExchangeAnswer(content: Array("get weight shop/a?".utf8)))
        }
        withExtendedLifetime(unix) {}
    }

    @Test func `who does not listen, end or stop is told with no whole answer`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        try agent.begin(host.claim(), host.definition())
        let path = host.root + "/admin.sock"
        #expect(try ask(agent, path, "show stat\n").problem == "\(path): No such file or directory")
        let server = try LineServer(path: path) { _ in String(repeating: "x", count: (256 << 10) + 1) }
        #expect(try ask(agent, path, "show stat\n").problem == "\(path): its answer is longer than 262144 bytes")
        let late = try ask(agent, path, "wait\n", claim: host.claim(), timeout: 50)
        #expect(late.problem == "\(path): no answer within 50 ms")
        withExtendedLifetime(server) {}
    }

    @Test func `only who holds the service may say more than questions`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let server = try LineServer { _ in "done" }
        let address = "tcp://127.0.0.1:\(server.port)"
        func refusal(_ text: String, _ claim: Claim?) throws -> Refusal.Reason? {
            let exchange = Exchange(claim: claim, address: address, text: text, timeoutMilliseconds: 5000)
            guard case .refused(let refusal) = try agent.ask(.exchange(exchange)) else { return nil }
            return refusal.reason
        }
        for text in ["disable server b/s\n", "show stat; disable server b/s\n", "show stat\nshutdown\n", "showing\n"] {
            #expect(try refusal(text, nil) == .invalid, "\(text)")
        }
        #expect(try refusal("show stat; get weight b/s\n", nil) == nil)
        #expect(try refusal("disable server b/s\n", host.claim()) == .invalid)
        // A host that only runs the balancer has nothing installed.
        var definition = ServiceDefinition()
        definition.service = "shop"
        try agent.begin(host.claim("r2", epoch: 2), definition)
        #expect(try refusal("disable server b/s\n", host.claim()) == .staleEpoch)
        #expect(try refusal("disable server b/s\n", host.claim("r2", epoch: 2)) == nil)
        let stage = Perform(
            claim: host.claim("r2", epoch: 2), step: "stage", action: .stage(TestRelease("1.0").reference))
        guard case .refused = try agent.ask(.perform(stage)) else { throw AgentConnection.Closed() }
        try agent.finish(host.claim("r2", epoch: 2))
        #expect(try refusal("disable server b/s\n", host.claim("r2", epoch: 2)) == .invalid)
    }

    @Test(
        arguments: [
            ("/run/haproxy.sock", Conversation.Address.unixSocket("/run/haproxy.sock")),
            ("tcp://127.0.0.1:9999", .tcp(host: "127.0.0.1", port: 9999)),
            ("tcp://[::1]:9999", .tcp(host: "::1", port: 9999)),
            ("tcp://127.0.0.1", nil), ("tcp://:1", nil), ("tcp://a:0", nil), ("tcp://a:70000", nil), ("run.sock", nil),
            ("", nil),
        ] as [(String, Conversation.Address?)])
    func `addresses are paths and ports`(text: String, address: Conversation.Address?) {
        #expect(Conversation.Address(text) == address)
    }

    @Test func `connections to a port are counted, and nothing else is`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let server = try LineServer { _ in "bye" }
        func count() throws -> ConnectionCount? {
            guard case .connections(let count) = try agent.ask(.countConnections(CountConnections(port: server.port)))
            else { return nil }
            return count
        }
        #expect(try count() == ConnectionCount(established: 0, closeWait: 0))
        var clients: [Int32] = []
        defer { for client in clients { close(client) } }
        for _ in 0..<3 {
            let client = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            clients.append(client)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = server.port.bigEndian
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(result == 0)
        }
        #expect(try count() == ConnectionCount(established: 3, closeWait: 0))
        // The server keeps this one open: it has been told to wait.
        send(clients[0], "wait\n", 5, Int32(MSG_NOSIGNAL))
        shutdown(clients[0], Int32(SHUT_WR))
        try waitUntil("one side is closed") { try count() == ConnectionCount(established: 2, closeWait: 1) }
    }

    @Test func `lines of the kernel's table are read in both families`() {
        let four =
            "   1: 0100007F:1F90 0100007F:D3B2 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 0"
        let six =
            "  12: 0000000000000000FFFF00000100007F:1F91 0000000000000000FFFF00000200007F:0016 08 00000000:00000000"
        #expect(ConnectionTable.entry(Array(four.utf8)[...]).map { [Int($0.localPort), $0.state] } == [8080, 1])
        #expect(ConnectionTable.entry(Array(six.utf8)[...]).map { [Int($0.localPort), $0.state] } == [8081, 8])
        let heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
        for line in [heading, "", "1: x:y z 01 a", "   1: 0100007F:1F90"] {
            #expect(ConnectionTable.entry(Array(line.utf8)[...]) == nil, "\(line)")
        }
    }
}
