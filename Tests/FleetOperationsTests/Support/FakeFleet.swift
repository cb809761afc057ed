import FleetModel
import Foundation
import HostAccess
import Synchronization
import Testing

/// Hosts that do what the test says; every connection and command is noted.
final class FakeFleet: HostConnector {
    typealias Run = @Sendable (HostName, Command, [UInt8]) async throws(HostAccessError) -> CommandOutcome
    typealias Open = @Sendable (HostName, Command) async throws(HostAccessError) -> any HostStream

    private struct State {
        var open = 0
        var mostOpen = 0
        var connected: [String] = []
        var commands: [Command] = []
    }

    let refusal: @Sendable (HostName) -> HostAccessError?
    let delay: @Sendable (HostName) async -> Void
    let run: Run
    let open: Open
    private let state = Mutex(State())

    init(
        refusal: @escaping @Sendable (HostName) -> HostAccessError? = { _ in nil },
        delay: @escaping @Sendable (HostName) async -> Void = { _ in },
        run: @escaping Run = { _, _, _ in CommandOutcome(ending: .exited(0), output: [], errorOutput: []) },
        open: @escaping Open = { _, _ throws(HostAccessError) in
            throw HostAccessError(.channelRefused, "not scripted")
        }
    ) {
        self.refusal = refusal
        self.delay = delay
        self.run = run
        self.open = open
    }

    var mostOpen: Int { state.withLock { $0.mostOpen } }
    var stillOpen: Int { state.withLock { $0.open } }
    var connected: [String] { state.withLock { $0.connected } }
    var commands: [Command] { state.withLock { $0.commands } }

    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection {
        if let error = refusal(endpoint.name) { throw error }
        await delay(endpoint.name)
        state.withLock { state in
            state.connected.append(endpoint.name.text)
            state.open += 1
            state.mostOpen = max(state.mostOpen, state.open)
        }
        return Connection(fleet: self, host: endpoint.name)
    }

    fileprivate func note(_ command: Command) { state.withLock { $0.commands.append(command) } }

    fileprivate func noteClosed() { state.withLock { $0.open -= 1 } }
}

private struct Connection: HostConnection {
    let fleet: FakeFleet
    let host: HostName

    func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        fleet.note(command)
        return try await fleet.run(host, command, input)
    }

    func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream {
        fleet.note(command)
        return try await fleet.open(host, command)
    }

    func close() async { fleet.noteClosed() }
}

/// A stream that gives what it is told to and then ends, or loses its link, or waits until it is closed or cancelled.
actor FakeStream: HostStream {
    enum Last: Sendable {
        case ends(CommandEnding, saying: String = "")
        case losesLink
        case waits
    }

    private var chunks: [String]
    private let last: Last

    init(_ chunks: [String], then last: Last) {
        self.chunks = chunks
        self.last = last
    }

    func write(_ bytes: [UInt8]) async throws(HostAccessError) {}

    func read() async throws(HostAccessError) -> [UInt8]? {
        if !chunks.isEmpty { return Array(chunks.removeFirst().utf8) }
        switch last {
        case .ends: return nil
        case .losesLink: throw HostAccessError(.connectionLost, "connection reset by peer")
        case .waits:
            // Ended by cancellation alone: no time is waited for.
            try? await Task.sleep(for: .seconds(3600))
            throw HostAccessError(.closed, "cancelled")
        }
    }

    func ending() -> (CommandEnding, errorTail: [UInt8]) {
        if case .ends(let ending, let text) = last { (ending, Array(text.utf8)) } else { (.unknown, []) }
    }

    func close() {}
}

/// What was told, from any task.
final class Told<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    @discardableResult
    func append(_ element: Element) -> Int {
        elements.withLock { elements in
            elements.append(element)
            return elements.count
        }
    }
}

func endpoints(_ count: Int, user: String = "deploy", scope: AgentScope = .system) throws -> [HostEndpoint] {
    try (1...count).map { number in
        HostEndpoint(
            name: try #require(HostName("h\(number)")), address: "192.0.2.1", user: user, agentScope: scope)
    }
}

extension CommandOutcome {
    static func printed(_ text: String, _ status: Int32 = 0) -> CommandOutcome {
        CommandOutcome(ending: .exited(status), output: Array(text.utf8), errorOutput: [])
    }
}
