import AgentProtocol
import HostAccess

/// What answers on a stream: an agent as the test wants it.
struct ScriptedAgent: Sendable {
    var greeting: Greeting? = Greeting(version: 1, agentVersion: "1.0.0", machineID: "m-1", bootID: "boot-1")
    /// What the login shell prints first.
    var noise: [UInt8] = []
    /// `attach` has reached the daemon.
    var isAttached = true
    var answer: @Sendable (Request, UInt32, ScriptedStream) async -> Void = { _, _, _ in }

    /// Booted once more.
    func rebooted() -> ScriptedAgent {
        var copy = self
        copy.greeting?.bootID = "boot-2"
        return copy
    }
}

/// The standard streams of an `attach` that never left this process.
actor ScriptedStream: HostStream {
    private let agent: ScriptedAgent
    private var decoder = FrameDecoder()
    private var output: [Result<[UInt8]?, HostAccessError>] = []
    private var reader: CheckedContinuation<Void, Never>?
    private var end: (CommandEnding, errorTail: [UInt8]) = (.unknown, [])
    private(set) var isClosed = false

    init(_ agent: ScriptedAgent) {
        self.agent = agent
        output = [.success(agent.noise + (agent.isAttached ? AttachMarks.beginning : []))]
    }

    // MARK: The agent's side

    func reply(_ reply: Reply, to id: UInt32) { send(reply.frame(id: id).encoded) }

    func send(_ bytes: [UInt8]) { push(.success(bytes)) }

    func exit(_ ending: CommandEnding, saying text: String = "") {
        end = (ending, Array(text.utf8))
        push(.success(nil))
    }

    func loseLink() { push(.failure(HostAccessError(.connectionLost, "connection reset by peer"))) }

    private func push(_ item: Result<[UInt8]?, HostAccessError>) {
        output.append(item)
        reader?.resume()
        reader = nil
    }

    // MARK: The coordinator's side

    func write(_ bytes: [UInt8]) async throws(HostAccessError) {
        if isClosed { throw HostAccessError(.closed, "closed") }
        decoder.feed(bytes)
        do {
            while let frame = try decoder.next() {
                let request = try Request(frame)
                if case .hello = request, let greeting = agent.greeting {
                    reply(.hello(greeting), to: frame.id)
                } else {
                    await agent.answer(request, frame.id, self)
                }
            }
        } catch { throw HostAccessError(.protocolViolation, "\(error)") }
    }

    func read() async throws(HostAccessError) -> [UInt8]? {
        while output.isEmpty {
            if isClosed { throw HostAccessError(.closed, "closed") }
            await withCheckedContinuation { reader = $0 }
        }
        return try output.removeFirst().get()
    }

    func ending() -> (CommandEnding, errorTail: [UInt8]) { end }

    func close() {
        isClosed = true
        reader?.resume()
        reader = nil
    }
}
