import FleetModel
import Foundation
import Testing

@testable import Traffic

/// A shell script, run as the coordinator does.
struct ShellProgram: BalancerProgram {
    let path: String

    func run(argument: String, input: String) async throws(TrafficError) -> String {
        guard let result = try? Machine.shell("sh '\(path)' \(argument)", input: input) else {
            throw TrafficError(.unreachable, "cannot be run")
        }
        guard result.status == 0 else { throw TrafficError(.refused, result.output) }
        return result.output
    }
}

@Suite struct ScriptTests {
    private let members = [("h1", "10.0.0.1"), ("h2", "10.0.0.2")].compactMap { name, address in
        HostName(name).map { TrafficMember(name: name, host: $0, address: address, port: 8080) }
    }

    private let initial = #"{"members": [{"name": "h1", "weight": 100}, {"name": "h2", "weight": 100}]}"#

    private func withScript(_ apply: String, _ body: (Balancers) async throws -> Void) async throws {
        try await Machine.with { machine in
            let state = try machine.write("state.json", initial)
            let text = "case $1 in state) ;; apply) \(apply.replacing("STATE", with: state)) ;; esac; cat \(state)"
            let program = ShellProgram(path: try machine.write("balancer.sh", text))
            let balancer = ScriptBalancer(name: "balancer.sh", members: members, program: program)
            try await body(Balancers([balancer], members: members, settleTimeout: .milliseconds(300)))
        }
    }

    @Test func `a script that keeps what it reads is a balancer`() async throws {
        try await withScript("cat > STATE") { balancers in
            try await balancers.drain(["h2"])
            let route = TrafficRoute(.cookie("variant", value: "b"), to: ["h2"])
            try await balancers.apply(.init(weights: ["h1": 95, "h2": 5], route: route))
            let state = try await balancers.agreedState()
            #expect(state.members == ["h1": MemberState(weight: 95), "h2": MemberState(weight: 5, isDrained: true)])
            #expect(state.route == route)
            try await balancers.admit(["h2"])
            #expect(try await balancers.agreedState().members["h2"]?.takesTraffic == true)
        }
    }

    @Test func `a script that does nothing is found out`() async throws {
        try await withScript("cat > /dev/null") { balancers in
            let error = await #expect(throws: TrafficErrors.self) { try await balancers.drain(["h1"]) }
            #expect(error?.description == "balancer.sh: h1 is not drained")
        }
    }

    @Test(arguments: [
        ("echo no >&2; exit 3", TrafficError.Kind.refused), ("echo nonsense > STATE", .unreadable),
        (#"echo '{"members": [{"name": "h1", "weight": 999}]}' > STATE"#, .unreadable),
        (#"echo '{"members": []}' > STATE"#, .unreadable),
    ])
    func `a script's mistake is named`(apply: String, kind: TrafficError.Kind) async throws {
        try await withScript(apply) { balancers in
            let error = await #expect(throws: TrafficErrors.self) { try await balancers.drain(["h1"]) }
            #expect(error?.byBalancer["balancer.sh"]?.kind == kind)
        }
    }

    @Test func `who is no member is refused before anything is asked`() async throws {
        try await withScript("exit 1") { balancers in
            let error = await #expect(throws: TrafficErrors.self) { try await balancers.drain(["h9"]) }
            #expect(error?.description == "balancer.sh: 'h9' is no member of the service")
        }
    }
}
