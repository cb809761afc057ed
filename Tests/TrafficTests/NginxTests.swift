import FleetModel
import Testing

@testable import Traffic

@Suite struct NginxTests {
    private func withNginx(_ body: (PrivateNginx, Balancers) async throws -> Void) async throws {
        try await Fleet.with { fleet in
            let nginx = try PrivateNginx(before: fleet)
            try await nginx.running {
                try await body(nginx, Balancers([try nginx.balancer()], members: fleet.members))
            }
        }
    }

    @Test func `a drained member gets no request from the moment the drain is reported`() async throws {
        try await withNginx { nginx, balancers in
            for name in Fleet.names {
                try await balancers.drain([name])
                #expect(try Fleet.answers(20, port: nginx.port)[name] == nil)
                try await balancers.admit([name])
            }
            #expect(try Fleet.answers(30, port: nginx.port) == ["h1": 10, "h2": 10, "h3": 10])
        }
    }

    @Test func `members drained at the same time cost a reload or two, not one each`() async throws {
        try await withNginx { nginx, balancers in
            async let first: Void = balancers.drain(["h1"])
            async let second: Void = balancers.drain(["h2"])
            async let third: Void = balancers.apply(.init(weights: ["h1": 1, "h2": 2, "h3": 3]))
            _ = try await (first, second, third)
            let state = try await balancers.agreedState()
            #expect(state.members["h1"] == MemberState(weight: 1, isDrained: true))
            #expect(state.members["h2"] == MemberState(weight: 2, isDrained: true))
            #expect(nginx.host.replacements <= 2)
            try await balancers.drain(["h1", "h2"])
            #expect(nginx.host.replacements <= 2)
        }
    }

    @Test func `requests come by the shares that are wanted`() async throws {
        try await withNginx { nginx, balancers in
            for percent in [5, 50] {
                try await balancers.apply(.sharing(percent, to: ["h1"], among: Fleet.names))
                let (share, count) = (Double(percent) / 100, 1000)
                let answers = try Fleet.answers(count, port: nginx.port)
                #expect(answers.values.reduce(0, +) == count && Set(answers.keys) == Set(Fleet.names))
                let measured = Double(answers["h1"] ?? 0) / Double(count)
                #expect(abs(measured - share) <= Fleet.tolerance(of: share, count: count))
            }
            try await balancers.apply(.init(weights: ["h3": 7]))
            #expect(try Fleet.answers(10, port: nginx.port) == ["h3": 10])
        }
    }

    @Test(arguments: [
        (TrafficRoute.Match.header("X-Variant", value: "b.2"), "x-variant: b.2", ["x-variant: B.2", "x-variant: bx2"]),
        (.cookie("variant", value: "b"), "Cookie: a=1; variant=b", ["Cookie: variant=bb", "Cookie: variant=B"]),
    ])
    func `requests that are told apart go to their members`(
        match: TrafficRoute.Match, header: String, others: [String]
    ) async throws {
        try await withNginx { nginx, balancers in
            let wanted = TrafficAllocation(weights: ["h1": 100, "h2": 100], route: .init(match, to: ["h3"]))
            try await balancers.apply(wanted)
            #expect(try Fleet.answers(10, port: nginx.port, header: header) == ["h3": 10])
            for other in others { #expect(try Fleet.answers(4, port: nginx.port, header: other)["h3"] == nil) }
            try await balancers.apply(.init(weights: ["h1": 100, "h2": 100]))
            #expect(try Fleet.answers(4, port: nginx.port, header: header)["h3"] == nil)
        }
    }

    @Test func `the preview address shows who is idle`() async throws {
        try await withNginx { nginx, balancers in
            try await balancers.apply(.init(weights: ["h1": 100], route: .init(.preview, to: ["h2", "h3"])))
            #expect(try Fleet.answers(10, port: nginx.previewPort) == ["h2": 5, "h3": 5])
            #expect(try Fleet.answers(10, port: nginx.port) == ["h1": 10])
        }
    }

    @Test func `a configuration that nginx would not take is put back`() async throws {
        try await withNginx { nginx, balancers in
            let before = try await nginx.host.readFile(nginx.file)
            try nginx.breakConfiguration()
            let error = await #expect(throws: TrafficErrors.self) { try await balancers.drain(["h1"]) }
            #expect(error?.description.contains("unknown directive \"nonsense\"") == true)
            #expect(try await nginx.host.readFile(nginx.file) == before)
            #expect(try Fleet.answers(30, port: nginx.port) == ["h1": 10, "h2": 10, "h3": 10])
        }
    }

    @Test func `a reload that does nothing is no success`() async throws {
        try await withNginx { nginx, _ in
            let balancer = try nginx.balancer { $0.reload = "true" }
            let error = await #expect(throws: TrafficErrors.self) {
                try await Balancers([balancer], members: nginx.fleet.members).drain(["h1"])
            }
            #expect(error?.description == "lb1: nginx goes on with its old configuration after 'true'")
        }
    }

    @Test func `a file that was left behind is loaded with the next change, whatever it says`() async throws {
        try await withNginx { nginx, balancers in
            // As a coordinator that dies between the two leaves it.
            let other = Balancers([try nginx.balancer { $0.reload = "true" }], members: nginx.fleet.members)
            await #expect(throws: TrafficErrors.self) { try await other.drain(["h1"]) }
            #expect(try await balancers.agreedState().members["h1"]?.isDrained == true)
            try await balancers.drain(["h1"])
            #expect(try Fleet.answers(20, port: nginx.port) == ["h2": 10, "h3": 10])
        }
    }

    @Test func `a file that is not ours, or no longer, is left alone`() async throws {
        try await withNginx { nginx, balancers in
            let ours = try #require(try await nginx.host.readFile(nginx.file))
            for text in ["upstream shop { server 127.0.0.1:1; }\n", ours.replacing("weight=100", with: "backup")] {
                try nginx.fleet.machine.write("nginx-upstream.conf", text)
                let error = await #expect(throws: TrafficErrors.self) { try await balancers.drain(["h1"]) }
                #expect(error?.byBalancer["lb1"]?.kind == .misconfigured)
                #expect(try await nginx.host.readFile(nginx.file) == text)
            }
        }
    }

    @Test func `a file that is handed over is written anew`() async throws {
        try await withNginx { nginx, balancers in
            try nginx.fleet.machine.write("nginx-upstream.conf", "\(NginxUpstreams.handover)\nupstream shop { }\n")
            #expect(try await balancers.agreedState().notices.count == 1)
            try await balancers.drain(["h1"])
            #expect(try await balancers.agreedState().notices.isEmpty)
            #expect(try Fleet.answers(10, port: nginx.port) == ["h2": 5, "h3": 5])
        }
    }

    @Test func `a server that a handed-over file lists as down takes no traffic, until it is given some`() async throws
    {
        try await withNginx { nginx, balancers in
            let text = try #require(try await nginx.host.readFile(nginx.file))
            let line = try #require(text.split(separator: "\n").first { $0.hasSuffix("# h2") })
            let address = line.split { " ;".contains($0) }[1]
            let theirs = "\(NginxUpstreams.handover)\nupstream shop {\n  server \(address) down;\n}\n"
            try nginx.fleet.machine.write("nginx-upstream.conf", theirs)
            #expect(try await balancers.agreedState().allocation.weights == ["h1": 100, "h2": 0, "h3": 100])
            try await balancers.drain(["h1"])
            #expect(try Fleet.answers(10, port: nginx.port) == ["h3": 10])
        }
    }
}
