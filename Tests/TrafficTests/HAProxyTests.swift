import FleetModel
import Testing

@testable import Traffic

@Suite struct HAProxyTests {
    private func withHAProxy(_ body: (PrivateHAProxy, Balancers) async throws -> Void) async throws {
        try await Fleet.with { fleet in
            let haproxy = try PrivateHAProxy(before: fleet)
            try await haproxy.running {
                try await body(haproxy, Balancers([try haproxy.balancer()], members: fleet.members))
            }
        }
    }

    @Test
    func `a request to a drained member is in use until it is answered, a connection that is kept after it is not`()
        async throws
    {
        try await withHAProxy { haproxy, balancers in
            try await balancers.apply(.init(weights: ["h1": 100]))
            try await haproxy.fleet.withSlowRequest(port: haproxy.port) {
                try await Machine.waitUntil("the request") { await balancers.use(of: ["h1"]).requests == 1 }
                try await balancers.apply(.init(weights: ["h2": 100]))
                try await balancers.drain(["h1"])
                let open = try haproxy.fleet.established("h1")
                #expect(open >= 1)
                #expect(await balancers.use(of: ["h1"]).inUse(ofEstablished: open) >= 1)
            }
            try await Machine.waitUntil("the end of the request") { await balancers.use(of: ["h1"]).requests == 0 }
            let use = await balancers.use(of: ["h1"])
            #expect(use.idleConnections >= 1)
            // Health checks come and go.
            try await Machine.waitUntil("quiet") {
                let open = try haproxy.fleet.established("h1")
                return await balancers.use(of: ["h1"]).inUse(ofEstablished: open) == 0
            }
            #expect(await balancers.use(of: ["h1", "h2", "h3"]).requests == 0)
        }
    }

    @Test func `connections through TCP are in use as long as they are open`() async throws {
        try await withHAProxy { haproxy, _ in
            let balancer = try haproxy.balancer { settings in
                settings = HAProxySettings(socket: settings.socket, backend: "shop_tcp")
            }
            let balancers = Balancers([balancer], members: haproxy.fleet.members)
            try await balancers.apply(.init(weights: ["h1": 100]))
            let client = ["/usr/bin/python3", "-c", Self.keepingClient, "\(haproxy.tcpPort)"]
            try await haproxy.fleet.machine.running(client) {
                try await Machine.waitUntil("an answer") {
                    try Machine.shell("cat \(haproxy.fleet.machine.path("log"))").output.contains("answered")
                }
                #expect(await balancers.use(of: ["h1"]) == MemberUse(requests: 1))
            }
            try await Machine.waitUntil("its end") { await balancers.use(of: ["h1"]) == MemberUse() }
        }
    }

    /// Asks once, and keeps the connection.
    private static let keepingClient = """
        import socket, sys, time
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        connection.recv(100)
        print("answered", flush=True)
        time.sleep(60)
        """

    @Test func `a balancer that does not answer vouches for nothing`() async throws {
        try await withHAProxy { haproxy, _ in
            let members = haproxy.fleet.members
            let broken = try HAProxyBalancer(
                name: "lb2", settings: HAProxySettings(socket: .unix("/nowhere"), backend: "shop"), members: members,
                on: haproxy.host)
            let both = Balancers([try haproxy.balancer(), broken], members: members)
            #expect(try Fleet.answers(9, port: haproxy.port).values.reduce(0, +) == 9)
            let idle = await both.use(of: Set(Fleet.names)).idleConnections
            #expect(idle >= 3)
            #expect(MemberUse(idleConnections: idle).inUse(ofEstablished: UInt64(idle) + 2) == 2)
        }
    }

    @Test func `a drained member gets no request, and its share again once admitted`() async throws {
        try await withHAProxy { haproxy, balancers in
            try await balancers.drain(["h2"])
            #expect(try Fleet.answers(30, port: haproxy.port) == ["h1": 15, "h3": 15])
            let drained = try await balancers.agreedState()
            #expect(drained.members["h2"] == MemberState(weight: 100, isDrained: true))
            try await balancers.drain(["h2"])
            try await balancers.admit(["h2"])
            #expect(try Fleet.answers(30, port: haproxy.port) == ["h1": 10, "h2": 10, "h3": 10])
        }
    }

    @Test func `requests come by the shares that are wanted`() async throws {
        try await withHAProxy { haproxy, balancers in
            let initial = try await balancers.agreedState().allocation
            for percent in [5, 20, 90] {
                try await balancers.apply(.sharing(percent, to: ["h1"], among: Fleet.names))
                let (share, count) = (Double(percent) / 100, 1000)
                let answers = try Fleet.answers(count, port: haproxy.port)
                #expect(answers.values.reduce(0, +) == count && Set(answers.keys) == Set(Fleet.names))
                let measured = Double(answers["h1"] ?? 0) / Double(count)
                #expect(abs(measured - share) <= Fleet.tolerance(of: share, count: count))
            }
            try await balancers.apply(initial)
            #expect(try await balancers.agreedState().allocation == initial)
        }
    }

    @Test func `a switch from some to others is whole`() async throws {
        try await withHAProxy { haproxy, balancers in
            try await balancers.apply(.init(weights: ["h1": 100]))
            #expect(try Fleet.answers(20, port: haproxy.port) == ["h1": 20])
            try await balancers.apply(.init(weights: ["h2": 256, "h3": 256]))
            #expect(try Fleet.answers(20, port: haproxy.port) == ["h2": 10, "h3": 10])
        }
    }

    @Test(arguments: [
        (TrafficRoute.Match.header("X-Variant", value: "b"), "x-variant: b", "x-variant: B"),
        (.cookie("variant", value: "b.2"), "Cookie: a=1; variant=b.2", "Cookie: variant=bx2"),
    ])
    func `requests that are told apart go to their members`(
        match: TrafficRoute.Match, header: String, other: String
    ) async throws {
        try await withHAProxy { haproxy, balancers in
            let weights = ["h1": 100, "h2": 100]
            try await balancers.apply(.init(weights: weights, route: .init(match, to: ["h3"])))
            #expect(try Fleet.answers(10, port: haproxy.port, header: header) == ["h3": 10])
            #expect(try Fleet.answers(10, port: haproxy.port, header: other) == ["h1": 5, "h2": 5])
            try await balancers.drain(["h1"])
            #expect(try Fleet.answers(10, port: haproxy.port) == ["h2": 10])
            try await balancers.admit(["h1"])
            try await balancers.apply(.init(weights: weights))
            #expect(try await balancers.agreedState().route == nil)
            #expect(try Fleet.answers(10, port: haproxy.port, header: header) == ["h1": 5, "h2": 5])
        }
    }

    @Test func `the preview address shows who is idle`() async throws {
        try await withHAProxy { haproxy, balancers in
            let wanted = TrafficAllocation(weights: ["h1": 100], route: .init(.preview, to: ["h2", "h3"]))
            try await balancers.apply(wanted)
            #expect(try Fleet.answers(10, port: haproxy.previewPort) == ["h2": 5, "h3": 5])
            #expect(try Fleet.answers(10, port: haproxy.port) == ["h1": 10])
            try await balancers.apply(.init(weights: ["h2": 100, "h3": 100]))
            #expect(try Fleet.answers(1, port: haproxy.previewPort)["h2"] == nil)
        }
    }

    @Test func `what a person has put into maintenance stays there`() async throws {
        try await withHAProxy { haproxy, balancers in
            try await haproxy.tell("set server shop/h1 state maint")
            try await balancers.drain(["h1"])
            try await balancers.admit(["h1"])
            #expect(try await balancers.agreedState().members["h1"]?.condition == .maintenance)
            #expect(try Fleet.answers(10, port: haproxy.port)["h1"] == nil)
        }
    }

    @Test func `no traffic goes to who is down, and nothing changes`() async throws {
        try await Fleet.with { fleet in
            let haproxy = try PrivateHAProxy(before: fleet)
            try await haproxy.running {
                let quick = Balancers(
                    [try haproxy.balancer()], members: fleet.members, settleTimeout: .milliseconds(300))
                try await quick.apply(.init(weights: ["h1": 100]))
                try fleet.setSick(true, "h2")
                try await Machine.waitUntil("HAProxy's check") {
                    try await quick.agreedState().members["h2"]?.condition == .down
                }
                let refusal = await #expect(throws: TrafficErrors.self) {
                    try await quick.apply(.init(weights: ["h2": 100]))
                }
                #expect(refusal?.description == "lb1: h2 is down by the balancer's own checks")
                #expect(try Fleet.answers(10, port: haproxy.port) == ["h1": 10])
                try fleet.setSick(false, "h2")
                try await Balancers([try haproxy.balancer()], members: fleet.members).apply(.init(weights: ["h2": 100]))
                #expect(try Fleet.answers(10, port: haproxy.port) == ["h2": 10])
            }
        }
    }

    @Test func `balancers that disagree are named, and agree after the next allocation`() async throws {
        try await Fleet.with { fleet in
            let (first, second) = (
                try PrivateHAProxy("lb1", before: fleet), try PrivateHAProxy("lb2", before: fleet)
            )
            try await first.running {
                let balancers = Balancers([try first.balancer(), try second.balancer()], members: fleet.members)
                let wanted = TrafficAllocation.sharing(20, to: ["h1"], among: Fleet.names)
                try await second.running { try await balancers.apply(wanted) }
                let away = await #expect(throws: TrafficErrors.self) { try await balancers.agreedState() }
                #expect(away?.byBalancer["lb2"]?.kind == .unreachable && away?.byBalancer["lb1"] == nil)
                // Started anew, it does as its configuration says.
                try await second.running {
                    let disagreement = await #expect(throws: TrafficErrors.self) {
                        try await balancers.agreedState()
                    }
                    let found = try #require(wanted.weights["h1"])
                    #expect(
                        disagreement?.byBalancer["lb2"]?.problem.contains(
                            "h1 has weight 100 here, has weight \(found) on lb1") == true)
                    try await balancers.apply(wanted)
                    #expect(try await balancers.agreedState().allocation == wanted)
                    try await second.tell("set server shop/h1 addr 127.0.0.2")
                    let elsewhere = await #expect(throws: TrafficErrors.self) { try await balancers.agreedState() }
                    let place = "h1 is at 127.0.0.2 here, at 127.0.0.1 on lb1"
                    #expect(elsewhere?.byBalancer["lb2"]?.problem == place)
                }
            }
        }
    }

    @Test func `what does not fit HAProxy's configuration is found when it is read`() async throws {
        try await withHAProxy { haproxy, _ in
            func problem(_ change: (inout HAProxySettings) -> Void) async throws -> String {
                let balancer = try haproxy.balancer(change)
                let error = await #expect(throws: TrafficError.self) { try await balancer.read() }
                return "\(error?.problem ?? "") | \(error?.hint ?? "")"
            }
            let forbidden = try await problem { $0.socket = haproxy.operatorSocket }
            #expect(forbidden.hasPrefix("HAProxy answered 'Permission denied' | the socket needs 'level admin'"))
            let unknown = try await problem { $0.backend = "shops" }
            #expect(unknown.hasPrefix("HAProxy has no backend 'shops'"))
            let unloaded = try await problem { $0.map = "/no.map" }
            #expect(unloaded.hasPrefix("HAProxy has loaded no map '/no.map'"))
            let away = try await problem { $0.socket = .unix("/no.sock") }
            #expect(away.hasPrefix("nothing answers at '/no.sock'"))
        }
    }

    @Test func `a member that is no server, or one elsewhere, is named`() async throws {
        try await withHAProxy { haproxy, _ in
            var members = haproxy.fleet.members
            members[0].name = "h11"
            let unknown = try HAProxyBalancer(
                name: "lb1", settings: haproxy.settings, members: members, on: haproxy.host)
            let error = await #expect(throws: TrafficError.self) { try await unknown.read() }
            #expect(error?.problem == "backend 'shop' has no server 'h11'; did you mean 'h1'?")
            members = haproxy.fleet.members
            members[0].address = "127.0.0.9"
            members[1].port = 1
            let elsewhere = try HAProxyBalancer(
                name: "lb1", settings: haproxy.settings, members: members, on: haproxy.host)
            let other = await #expect(throws: TrafficError.self) { try await elsewhere.read() }
            #expect(other?.problem == "server 'shop/h2' has port \(haproxy.fleet.members[1].port), not 1")
            members[1] = haproxy.fleet.members[1]
            let noticed = try HAProxyBalancer(
                name: "lb1", settings: haproxy.settings, members: members, on: haproxy.host)
            #expect(try await noticed.read().notices == ["server 'shop/h1' is at 127.0.0.1, not at 127.0.0.9"])
        }
    }
}
