import FleetModel
import Testing

@testable import Traffic

@Suite struct HAProxyAnswersTests {
    private let line = "3 shop 1 h1 127.0.0.1 2 0 100 100 1 8 2 0 6 0 0 0 - 19001 - 0 0 - - 0"

    private func servers(_ line: String) throws -> [String: HAProxyServer] {
        try HAProxyServer.parse("1\n# be_id be_name\n\(line)\n\n", backend: "shop")
    }

    @Test(arguments: [
        (operation: 2, administration: 0, drained: false, condition: MemberState.Condition.up),
        (1, 0, false, .up), (0, 0, false, .down), (3, 0, false, .down), (2, 8, true, .up), (0, 8, true, .down),
        (0, 1, false, .maintenance), (0, 9, true, .maintenance), (0, 32, false, .maintenance), (2, 16, true, .up),
    ])
    func `a server's flags are told apart`(
        operation: Int, administration: Int, drained: Bool, condition: MemberState.Condition
    ) throws {
        let text = line.replacing("127.0.0.1 2 0", with: "127.0.0.1 \(operation) \(administration)")
        let state = try #require(try servers(text)["h1"]).state
        #expect(state == MemberState(weight: 100, isDrained: drained, condition: condition))
    }

    @Test(arguments: ["", "2\n", "1\nh1", "1\n3 shop 1 h1 a 2 0 -1 1 1 1 1 1 1 1 1 1 - 1", "\u{1b}[2J", "1\n3 b 1 h1"])
    func `an answer that is none is quoted, and no more`(answer: String) {
        let error = #expect(throws: TrafficError.self) { try HAProxyServer.parse(answer, backend: "shop") }
        #expect(error?.kind == .unreadable && (error?.problem.utf8.count ?? 0) < 400)
        #expect(error?.problem.contains("\u{1b}") == false)
    }

    @Test func `what a server is asked for is found whatever stands around it`() {
        let answer = """
            S.5.1.1.svname.1:KNS:str:h1
            S.5.1.2.qcur.1:MGP:u32:1
            S.5.1.4.scur.1:MGP:u32:2
            S.5.1.36.check_status.1:KNS:str:S.5.1.4.scur.1:MGP:u32:7
            S.5.1.95.idle_conn_cur.1:MGP:u32:3
            S.5.1.96.safe_conn_cur.1:MGP:u32:4
            S.5.2.4.scur.1:MGP:u32:-1
            S.5.3..
            """
        let statistics = HAProxyStatistics(answer)
        #expect(statistics.name(at: .init(backend: 5, server: 1)) == "h1")
        let use = statistics.use(at: .init(backend: 5, server: 1))
        #expect(use == MemberUse(requests: 3, idleConnections: 7))
        #expect(use?.inUse(ofEstablished: 12) == 5 && use?.inUse(ofEstablished: 0) == 3)
        #expect(statistics.use(at: .init(backend: 5, server: 2)) == nil)
        #expect(HAProxyStatistics("\u{1b}[2J\n:::\nS.:::").fields.isEmpty)
    }

    @Test func `nobody gets less before somebody gets more`() throws {
        var found: [String: HAProxyServer] = [:]
        for (name, weight) in [("blue", "100"), ("green", "0")] {
            let text = line.replacing("h1", with: name).replacing("2 0 100", with: "2 0 \(weight)")
            found.merge(try servers(text)) { first, _ in first }
        }
        let settings = HAProxySettings(socket: .unix("/s"), backend: "shop")
        let snapshot = HAProxySnapshot(settings: settings, servers: ["shop": found], entries: [:])
        let now = BalancerState(members: found.mapValues(\.state))
        let change = TrafficChange.allocate(.init(weights: ["green": 100]))
        #expect(
            try snapshot.commands(toReach: now.applying([change]))
                == ["set weight shop/green 100", "set weight shop/blue 0"])
        #expect(try snapshot.commands(toReach: now).isEmpty)
    }

    @Test func `a socket is a path or a TCP address`() {
        #expect(BalancerSocket("/run/haproxy/admin.sock") == .unix("/run/haproxy/admin.sock"))
        #expect(BalancerSocket("tcp://127.0.0.1:9999") == .tcp(host: "127.0.0.1", port: 9999))
        for text in ["", "admin.sock", "tcp://:1", "tcp://a", "tcp://a:0", "tcp://a:70000", "udp://a:1", "tcp://a/b:1"]
        {
            #expect(BalancerSocket(text) == nil, "\(text)")
        }
    }
}
