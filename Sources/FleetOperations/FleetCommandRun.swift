import FleetModel
import HostAccess
import TimeLimits

/// Runs one command on many hosts at once, over plain SSH: no agent is needed.
public struct FleetCommandRun: Sendable {
    /// Hosts on which it runs at a time.
    public static let maximumParallel = 100
    /// Hosts that are being connected at a time; dead ones take fifteen seconds each.
    public static let maximumConnecting = 1000
    /// Kept of each output stream of one host.
    public static let maximumOutputBytes = 1 << 20
    /// Connecting and logging in.
    static let maximumConnectTime: Duration = .seconds(15)
    /// Of a line that is streamed; a longer one comes in pieces.
    static let maximumLineBytes = 64 << 10

    /// What is told of a run while it goes on.
    public enum News: Sendable {
        /// A line that a streamed command printed, as it came: hostile until made printable.
        case line(HostName, [UInt8])
        case answered(CommandAnswer)
    }

    private let command: FleetCommand
    private let connector: any HostConnector
    /// Of one host's command, from its start.
    private let timeout: Duration
    private let batch: Share?
    private let failsFast: Bool

    /// - Parameters:
    ///   - timeout: of one host's command, from its start.
    ///   - batch: so many hosts begin when all before them have ended; nil means all.
    ///   - failsFast: no host begins after one has failed.
    public init(
        _ command: FleetCommand, over connector: any HostConnector, timeout: Duration, batch: Share? = nil,
        failsFast: Bool = false
    ) {
        self.command = command
        self.connector = connector
        self.timeout = timeout
        self.batch = batch
        self.failsFast = failsFast
    }

    /// What each host answers, with its output; `input` is the command's whole standard input.
    public func collect(
        from endpoints: [HostEndpoint], input: [UInt8] = [], tell: @escaping @Sendable (News) -> Void
    ) async -> [CommandAnswer] {
        await inBatches(endpoints, tell) { endpoint, connection throws(HostAccessError) in
            try await connection.run(
                command.command(as: endpoint.user), input: input, outputLimit: Self.maximumOutputBytes,
                deadline: timeout)
        }
    }

    /// What each host answers; its output, both streams in one, is told line by line and not kept.
    public func stream(
        from endpoints: [HostEndpoint], tell: @escaping @Sendable (News) -> Void
    ) async -> [CommandAnswer] {
        await inBatches(endpoints, tell) { endpoint, connection throws(HostAccessError) in
            try await stream(command.mergedCommand(as: endpoint.user), of: endpoint.name, over: connection, tell)
        }
    }

    private func stream(
        _ command: Command, of host: HostName, over connection: any HostConnection,
        _ tell: @escaping @Sendable (News) -> Void
    ) async throws(HostAccessError) -> CommandOutcome {
        let stream = try await connection.open(command, deadline: timeout)
        let ending = await withTimeLimit(timeout) {
            var splitter = LineSplitter(maximumBytes: Self.maximumLineBytes)
            while let bytes = try? await stream.read() {
                for line in splitter.lines(adding: bytes) { tell(.line(host, line)) }
            }
            if let line = splitter.remainder() { tell(.line(host, line)) }
            return await stream.ending()
        }
        await stream.close()
        return CommandOutcome(ending: ending?.0 ?? .timedOut, output: [], errorOutput: ending?.errorTail ?? [])
    }
}

// MARK: - Who goes when

extension FleetCommandRun {
    private typealias Work =
        @Sendable (HostEndpoint, any HostConnection) async throws(HostAccessError) -> CommandOutcome

    private func inBatches(
        _ endpoints: [HostEndpoint], _ tell: @escaping @Sendable (News) -> Void, _ work: @escaping Work
    ) async -> [CommandAnswer] {
        var rest = endpoints[...]
        let size = max(1, batch?.batchSize(of: endpoints.count) ?? endpoints.count)
        var answers: [CommandAnswer] = []
        while !rest.isEmpty, mayGoOn(after: answers) {
            answers += await inParallel(rest.prefix(size), tell, work)
            rest = rest.dropFirst(size)
        }
        return answers + rest.map { CommandAnswer(host: $0.name, result: .notStarted) }
    }

    private func mayGoOn(after answers: [CommandAnswer]) -> Bool {
        !Task.isCancelled && !(failsFast && answers.contains { !$0.succeeded })
    }

    private enum Progress: Sendable {
        case connected(HostEndpoint, any HostConnection)
        case unreachable(CommandAnswer)
        case ended(CommandAnswer)
    }

    private func inParallel(
        _ endpoints: ArraySlice<HostEndpoint>, _ tell: @escaping @Sendable (News) -> Void, _ work: @escaping Work
    ) async -> [CommandAnswer] {
        await withTaskGroup(of: Progress.self) { group in
            var queue = CommandQueue(waiting: endpoints)
            var answers: [CommandAnswer] = []
            func startNext() {
                while let step = queue.next() { group.addTask { await take(step, work) } }
            }
            startNext()
            for await progress in group {
                switch progress {
                case .connected(let endpoint, let connection): queue.noteConnected(endpoint, connection)
                case .unreachable(let answer):
                    queue.connecting -= 1
                    answers.append(answer)
                    tell(.answered(answer))
                case .ended(let answer):
                    queue.running -= 1
                    answers.append(answer)
                    tell(.answered(answer))
                }
                if mayGoOn(after: answers) { startNext() }
            }
            for (_, connection) in queue.connected { await connection.close() }
            return answers + queue.hostsLeft.map { CommandAnswer(host: $0, result: .notStarted) }
        }
    }

    private func take(_ step: CommandQueue.Step, _ work: Work) async -> Progress {
        switch step {
        case .connect(let endpoint): await connect(to: endpoint)
        case .run(let endpoint, let connection): .ended(await answer(of: endpoint, over: connection, work))
        }
    }

    private func connect(to endpoint: HostEndpoint) async -> Progress {
        do {
            return .connected(endpoint, try await connector.connect(to: endpoint, deadline: Self.maximumConnectTime))
        } catch {
            return .unreachable(
                CommandAnswer(host: endpoint.name, result: Task.isCancelled ? .notStarted : .unreachable(error)))
        }
    }

    private func answer(
        of endpoint: HostEndpoint, over connection: any HostConnection, _ work: Work
    ) async -> CommandAnswer {
        var result: CommandAnswer.Result
        do { result = .ran(try await work(endpoint, connection)) } catch { result = .unreachable(error) }
        if Task.isCancelled { result = .interrupted }
        await connection.close()
        return CommandAnswer(host: endpoint.name, result: result)
    }
}
