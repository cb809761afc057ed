import AgentProtocol
import FleetModel
import HostAccess
import Synchronization
import Testing

/// A host whose every connection goes as scripted; the last line of the script repeats.
final class ScriptedHost: HostConnector {
    enum Attempt: Sendable {
        case fails(HostAccessError)
        case reaches(ScriptedAgent)
    }

    private struct State {
        var attempts: [Attempt]
        var count = 0
        var connections: [ScriptedConnection] = []
    }

    private let state: Mutex<State>

    init(_ attempts: Attempt...) { state = Mutex(State(attempts: attempts)) }

    var connectCount: Int { state.withLock { $0.count } }
    var connections: [ScriptedConnection] { state.withLock { $0.connections } }

    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection {
        let attempt = state.withLock { state in
            state.count += 1
            return state.attempts.count > 1 ? state.attempts.removeFirst() : state.attempts[0]
        }
        switch attempt {
        case .fails(let error): throw error
        case .reaches(let agent):
            let connection = ScriptedConnection(agent)
            state.withLock { $0.connections.append(connection) }
            return connection
        }
    }
}

actor ScriptedConnection: HostConnection {
    private let agent: ScriptedAgent
    private(set) var commands: [Command] = []
    private(set) var isClosed = false

    init(_ agent: ScriptedAgent) { self.agent = agent }

    func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        throw HostAccessError(.channelRefused, "only attach is scripted")
    }

    func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream {
        commands.append(command)
        return ScriptedStream(agent)
    }

    func close() { isClosed = true }
}

extension HostEndpoint {
    static func named(_ user: String) -> HostEndpoint {
        guard let name = HostName("web-01") else { preconditionFailure("a host's name") }
        return HostEndpoint(name: name, address: "192.0.2.1", user: user)
    }

    static func test(user: String = "root") throws -> HostEndpoint {
        HostEndpoint(name: try #require(HostName("web-01")), address: "192.0.2.1", user: user)
    }
}
