import FleetModel
import Foundation

/// Runs a person's program where the coordinator runs.
public protocol BalancerProgram: Sendable {
    /// With that argument and text on its standard input, to its end.
    ///
    /// - Returns: what it printed on standard output, at most ``BalancerLimits/answerBytes``.
    /// - Throws: what it printed on standard error where it did not succeed or not in time.
    func run(argument: String, input: String) async throws(TrafficError) -> String
}

/// Any balancer, by a script: `SCRIPT state` prints what there is, `SCRIPT apply` reads what is wanted and brings it
/// about.
/// Both print ``ScriptMessage``'s JSON.
public struct ScriptBalancer: Balancer {
    public let name: String
    private let members: [TrafficMember]
    private let program: any BalancerProgram

    public init(name: String, members: [TrafficMember], program: any BalancerProgram) {
        self.name = name
        self.members = members
        self.program = program
    }

    public func read() async throws(TrafficError) -> BalancerState {
        let answer = try await program.run(argument: "state", input: "")
        guard let message = try? JSONDecoder().decode(ScriptMessage.self, from: Data(answer.utf8)) else {
            var error = TrafficError.unreadable(answer, of: "it", to: "state")
            error.hint = #"it must print {"members": [{"name": "HOST", "weight": 100, "drained": false}, …]}"#
            throw error
        }
        return try message.state(of: members.map(\.name))
    }

    public func write(_ wanted: BalancerState, over found: BalancerState) async throws(TrafficError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let json = try? encoder.encode(ScriptMessage(wanted, members: members)) else {
            throw TrafficError(.misconfigured, "the allocation has no JSON")
        }
        _ = try await program.run(argument: "apply", input: String(decoding: json, as: UTF8.self))
    }
}
