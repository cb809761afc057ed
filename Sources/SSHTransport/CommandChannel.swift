import HostAccess
import NIOCore

/// One remote command on its channel: a state machine that ``SSHSession`` drives, whenever bytes have come or can go.
final class CommandChannel {
    typealias Waiter<Value> = CheckedContinuation<Result<Value, HostAccessError>, Never>

    enum Phase {
        /// Waits for its turn: a session can have only one request under way.
        case queued
        case opening
        case requesting(EngineChannel)
        case running(EngineChannel)
        case closing(EngineChannel)
        case ended
    }

    enum OutputUse {
        /// Kept up to a limit.
        case collected(limit: Int)
        /// Read by somebody, at their pace.
        case streamed
    }

    /// Nil for a channel that runs nothing.
    let command: String?
    private(set) var phase = Phase.queued
    /// How the command ended, once that is known.
    private(set) var ending: CommandEnding?
    private(set) var output: BoundedBytes
    private(set) var errorOutput: BoundedBytes
    /// Runs when the time for the present phase is up.
    var alarm: Scheduled<Void>?
    /// The alarm is the one that limits closing.
    var isClosingLimited = false

    /// The host was asked to run the command: whether it did is not known before it says so.
    private(set) var wasRequested = false
    /// Why it ended before the command did.
    private(set) var problem: HostAccessError?

    private let isStreamed: Bool
    private var outputHasEnded = false
    private var input: [UInt8]
    private var inputOffset = 0
    private var closesInput: Bool
    private var isAbandoned = false

    private var startWaiter: Waiter<Void>?
    private var writeWaiter: Waiter<Void>?
    private var readWaiter: Waiter<[UInt8]?>?
    private var endWaiters: [CheckedContinuation<CommandEnding, Never>] = []

    static let errorTailBytes = 4096
    private static let chunkBytes = 64 << 10

    init(command: String?, input: [UInt8], use: OutputUse) {
        self.command = command
        self.input = input
        switch use {
        case .collected(let limit):
            isStreamed = false
            closesInput = true
            output = BoundedBytes(limit: limit, keeps: .beginning)
            errorOutput = BoundedBytes(limit: limit, keeps: .beginning)
        case .streamed:
            isStreamed = true
            closesInput = false
            output = BoundedBytes(limit: 0, keeps: .beginning)
            errorOutput = BoundedBytes(limit: Self.errorTailBytes, keeps: .end)
        }
    }

    var isStarting: Bool {
        switch phase {
        case .queued, .opening, .requesting: true
        default: false
        }
    }

    var hasRequestUnderWay: Bool {
        switch phase {
        case .opening, .requesting: true
        default: false
        }
    }

    var isEnded: Bool { if case .ended = phase { true } else { false } }

    var outcome: CommandOutcome {
        CommandOutcome(
            ending: ending ?? .unknown, output: output.bytes, errorOutput: errorOutput.bytes,
            droppedBytes: output.droppedCount + errorOutput.droppedCount)
    }
}

// MARK: - What its users ask for

extension CommandChannel {
    /// To be asked before the channel is driven for the first time.
    func waitForStart(_ waiter: Waiter<Void>) {
        if let problem { waiter.resume(returning: .failure(problem)) } else { startWaiter = waiter }
    }

    func write(_ bytes: [UInt8], _ waiter: Waiter<Void>) {
        precondition(writeWaiter == nil, "one writer at a time")
        guard ending == nil else { return waiter.resume(returning: .failure(problem ?? Self.commandHasEnded)) }
        guard !bytes.isEmpty else { return waiter.resume(returning: .success(())) }
        input = bytes
        inputOffset = 0
        writeWaiter = waiter
    }

    func read(_ waiter: Waiter<[UInt8]?>) {
        precondition(readWaiter == nil, "one reader at a time")
        if let problem { return waiter.resume(returning: .failure(problem)) }
        guard !outputHasEnded else { return waiter.resume(returning: .success(nil)) }
        readWaiter = waiter
    }

    func waitForEnd(_ waiter: CheckedContinuation<CommandEnding, Never>) {
        if let ending { waiter.resume(returning: ending) } else { endWaiters.append(waiter) }
    }

    /// Ends every wait for it; it closes by itself, a request under way first coming to its end.
    func abandon(_ ending: CommandEnding, _ error: HostAccessError) {
        finish(ending, error)
        isAbandoned = true
        switch phase {
        case .queued: phase = .ended
        case .running(let channel): phase = .closing(channel)
        case .opening, .requesting, .closing, .ended: break
        }
    }

    /// The session is gone and has taken the channel with it.
    func sessionFailed(_ error: HostAccessError) {
        finish(.lost, error)
        phase = .ended
        alarm?.cancel()
    }

    private func finish(_ ending: CommandEnding, _ error: HostAccessError) {
        if problem == nil, !(self.ending != nil && outputHasEnded) { problem = error }
        self.ending = self.ending ?? ending
        outputHasEnded = true
        startWaiter.take()?.resume(returning: .failure(error))
        writeWaiter.take()?.resume(returning: .failure(error))
        readWaiter.take()?.resume(returning: .failure(error))
        resumeEndWaiters()
    }

    private func resumeEndWaiters() {
        guard let ending else { return }
        for waiter in endWaiters { waiter.resume(returning: ending) }
        endWaiters = []
    }

    private static let commandHasEnded = HostAccessError(.closed, "the remote command has ended")
}

// MARK: - Being driven

extension CommandChannel {
    /// Does what can be done now. True when something moved, so that everybody has to be asked again.
    ///
    /// - Throws: `CallFailure.broken` when the session cannot go on.
    func poll(_ engine: Engine, hasRoom: () -> Bool) throws(CallFailure) -> Bool {
        switch phase {
        case .queued:
            phase = .opening
            return true
        case .opening: return try pollOpening(engine)
        case .requesting(let channel): return try pollRequest(channel, engine)
        case .running(let channel): return try pollRunning(channel, engine, hasRoom)
        case .closing(let channel):
            switch channel.close() {
            case .success: phase = .ended
            case .failure(.wouldBlock): return false
            case .failure(let failure): throw failure
            }
            return true
        case .ended: return false
        }
    }

    private func pollOpening(_ engine: Engine) throws(CallFailure) -> Bool {
        switch engine.openChannel() {
        case .success(let channel):
            engine.transport.exitReports[channel.number] = nil
            phase = .requesting(channel)
        case .failure(.wouldBlock): return false
        case .failure(.refused):
            finish(
                .unknown,
                HostAccessError(
                    .channelRefused, "the host refuses to run another command: \(engine.lastProblem)",
                    hint: "sshd's MaxSessions (10 unless set) limits the commands at a time on one connection"))
            phase = .ended
        case .failure(let failure): throw failure
        }
        return true
    }

    private func pollRequest(_ channel: EngineChannel, _ engine: Engine) throws(CallFailure) -> Bool {
        if isAbandoned {
            phase = .closing(channel)
            return true
        }
        guard let command else {
            phase = .running(channel)
            return true
        }
        wasRequested = true
        switch channel.execute(command) {
        case .success:
            phase = isAbandoned ? .closing(channel) : .running(channel)
            startWaiter.take()?.resume(returning: .success(()))
        case .failure(.wouldBlock): return false
        case .failure(.refused):
            finish(.unknown, HostAccessError(.channelRefused, "the host refuses to run commands"))
            phase = .closing(channel)
        case .failure(let failure): throw failure
        }
        return true
    }

    private func pollRunning(
        _ channel: EngineChannel, _ engine: Engine, _ hasRoom: () -> Bool
    ) throws(CallFailure) -> Bool {
        var moved = try readAll(channel)
        // Only now: reading takes in all that has arrived, and data always comes before the close.
        let peerHasClosed = channel.peerHasClosed
        if peerHasClosed, ending == nil {
            ending = CommandEnding(engine.transport.exitReports.removeValue(forKey: channel.number))
            writeWaiter.take()?.resume(returning: .failure(Self.commandHasEnded))
            input = []
            if isStreamed { resumeEndWaiters() }
            moved = true
        }
        if ending == nil { moved = try writeInput(channel, hasRoom) || moved }
        if peerHasClosed, outputHasEnded {
            phase = .closing(channel)
            resumeEndWaiters()
            moved = true
        }
        return moved
    }

    private func readAll(_ channel: EngineChannel) throws(CallFailure) -> Bool {
        var moved = false
        while try readChunk(.errorOutput, channel, { errorOutput.append($0) }) { moved = true }
        if !isStreamed {
            while try readChunk(.output, channel, { output.append($0) }) { moved = true }
        } else if readWaiter != nil {
            let hasRead = try readChunk(.output, channel) { bytes in
                readWaiter.take()?.resume(returning: .success(Array(bytes)))
            }
            if outputHasEnded { readWaiter.take()?.resume(returning: .success(nil)) }
            moved = moved || hasRead
        }
        return moved
    }

    /// False when there is nothing (more) to read now.
    private func readChunk(
        _ stream: EngineChannel.Stream, _ channel: EngineChannel, _ take: (UnsafeRawBufferPointer) -> Void
    ) throws(CallFailure) -> Bool {
        let result = withUnsafeTemporaryAllocation(byteCount: Self.chunkBytes, alignment: 1) { buffer in
            let result = channel.read(stream, into: buffer)
            if case .bytes(let count) = result { take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return result
        }
        switch result {
        case .bytes: return true
        case .nothingYet: return false
        case .end:
            if stream == .output { outputHasEnded = true }
            return false
        case .broken: throw .broken
        }
    }

    private func writeInput(_ channel: EngineChannel, _ hasRoom: () -> Bool) throws(CallFailure) -> Bool {
        var moved = false
        while inputOffset < input.count, hasRoom() {
            let result = input.withUnsafeBytes { channel.write(UnsafeRawBufferPointer(rebasing: $0[inputOffset...])) }
            switch result {
            case .success(let count): inputOffset += count
            case .failure(.wouldBlock): return moved
            case .failure(let failure): throw failure
            }
            moved = true
        }
        guard inputOffset == input.count else { return moved }
        if !input.isEmpty {
            input = []
            inputOffset = 0
            writeWaiter.take()?.resume(returning: .success(()))
        }
        if closesInput {
            switch channel.sendEndOfInput() {
            case .success: closesInput = false
            case .failure(.wouldBlock): return moved
            case .failure(let failure): throw failure
            }
            moved = true
        }
        return moved
    }
}

extension CommandEnding {
    /// From what the server reported, if it did.
    init(_ exit: CommandExit?) {
        switch exit {
        case .status(let status): self = .exited(status)
        case .signal(let name): self = .signalled(name)
        case nil: self = .unknown
        }
    }
}
