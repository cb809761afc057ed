import AgentProtocol
import HostAccess
import Synchronization

/// A host whose agent does what it is asked at once, as far as the wire goes.
final class RemoteHost: HostConnector, HostConnection {
    private struct State {
        var isReachable: Bool
        var asked: [String] = []
        var connections: [UInt64]
    }

    private let state: Mutex<State>
    private let version: UInt64
    private let refusal: Refusal?
    private let report: HostReport
    private let evidence: Evidence
    private let result: @Sendable (String) -> StepResult

    /// `version` is that of its agent's protocol; `refusal` answers every claim; `connections` are how many there are
    /// when it is asked for the first time, the second and so on, then none.
    init(
        isReachable: Bool, version: UInt64 = 2, refusal: Refusal? = nil, connections: [UInt64] = [],
        report: HostReport = HostReport(),
        evidence: Evidence = Evidence(),
        result: @escaping @Sendable (String) -> StepResult = { _ in StepResult(ending: .succeeded) }
    ) {
        state = Mutex(State(isReachable: isReachable, connections: connections))
        self.version = version
        self.refusal = refusal
        self.report = report
        self.evidence = evidence
        self.result = result
    }

    var isReachable: Bool {
        get { state.withLock { $0.isReachable } }
        set { state.withLock { $0.isReachable = newValue } }
    }

    /// Claims, steps and counts of connections, in order.
    var asked: [String] { state.withLock { $0.asked } }

    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection {
        // Not transient: nobody waits for it.
        guard isReachable else { throw HostAccessError(.addressNotFound, "no such address") }
        return self
    }

    func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        throw HostAccessError(.channelRefused, "it only speaks the protocol")
    }

    func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream {
        RemoteStream { self.answer($0) }
    }

    func close() async {}

    private func answer(_ request: Request) -> Reply? {
        switch request {
        case .hello: return .hello(Greeting(version: version, agentVersion: "1", machineID: "m", bootID: "b"))
        case .begin:
            state.withLock { $0.asked.append("begin") }
            return refusal.map { .refused($0) } ?? .begun
        case .perform(let perform):
            state.withLock { $0.asked.append(perform.step) }
            return .performed(result(perform.step))
        case .inspect: return .report(report)
        case .offer(let offer): return .wanted(offset: offer.artifact.packedSize)
        case .chunk: return nil
        case .finish: return .finished
        case .compare: return .compared(Comparison())
        case .read: return .content(FileContent(content: [], isCut: false))
        case .exchange: return .exchanged(ExchangeAnswer())
        case .replace: return .replaced(Replacement(ending: .succeeded))
        case .countConnections(let request):
            let count = state.withLock { state in
                state.asked.append("count \(request.port)")
                return state.connections.isEmpty ? 0 : state.connections.removeFirst()
            }
            return .connections(ConnectionCount(established: count, closeWait: 0))
        case .takeSample: return .sample(Sample())
        case .gatherEvidence: return .evidence(evidence)
        }
    }
}

/// Answers each request in its turn.
private final class RemoteStream: HostStream {
    private let answer: @Sendable (Request) -> Reply?
    private let decoder = Mutex(FrameDecoder())
    private let output = AsyncStream<[UInt8]>.makeStream()

    init(_ answer: @escaping @Sendable (Request) -> Reply?) {
        self.answer = answer
        output.continuation.yield(AttachMarks.beginning)
    }

    func write(_ bytes: [UInt8]) async throws(HostAccessError) {
        do {
            let frames = try decoder.withLock { decoder in
                decoder.feed(bytes)
                var frames: [Frame] = []
                while let frame = try decoder.next() { frames.append(frame) }
                return frames
            }
            for frame in frames {
                guard let reply = answer(try Request(frame)) else { continue }
                output.continuation.yield(reply.frame(id: frame.id).encoded)
            }
        } catch { throw HostAccessError(.protocolViolation, "\(error)") }
    }

    func read() async throws(HostAccessError) -> [UInt8]? {
        for await bytes in output.stream { return bytes }
        return nil
    }

    func ending() async -> (CommandEnding, errorTail: [UInt8]) { (.exited(0), []) }

    func close() async { output.continuation.finish() }
}
