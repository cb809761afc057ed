import FleetModel
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

    /// Nil for a channel that only opens and closes, which makes libssh2 read what has arrived.
    let command: String?
    /// What has to let the command in before it runs.
    var gate: SudoGate?
    var phase = Phase.queued
    /// How the command ended, once that is known.
    var ending: CommandEnding?
    var output: BoundedBytes
    var errorOutput: BoundedBytes
    /// Runs when the time for the present phase is up.
    var alarm: Scheduled<Void>?
    /// The alarm is the one that limits closing.
    var isClosingLimited = false

    /// The host was asked to run the command: whether it did is not known before it says so.
    var wasRequested = false
    /// Why it ended before the command did.
    private(set) var problem: HostAccessError?

    let isStreamed: Bool
    var outputHasEnded = false
    var input: [UInt8]
    var inputOffset = 0
    var closesInput: Bool
    var isAbandoned = false

    var startWaiter: Waiter<Void>?
    var writeWaiter: Waiter<Void>?
    var readWaiter: Waiter<[UInt8]?>?
    private var endWaiters: [CheckedContinuation<CommandEnding, Never>] = []

    static let errorTailBytes = 4096
    static let chunkBytes = 64 << 10

    init(command: String?, gate: SudoGate? = nil, input: [UInt8], use: OutputUse) {
        self.command = command
        self.gate = gate
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

    /// The ending is known and good to tell. Collected output must all be there: the close can be known before,
    /// while a key exchange keeps us from reading on.
    var isComplete: Bool { ending != nil && (isStreamed || outputHasEnded) }

    /// The command itself has not begun.
    var isHeldBack: Bool { gate.map { !$0.isOpen } ?? false }

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
        if let ending, isComplete { waiter.resume(returning: ending) } else { endWaiters.append(waiter) }
    }

    /// Why it has not begun when its time is up. sudo may be waiting for something that is no password of ours, such
    /// as a second factor: its words tell, also in the outcome.
    func lateness(after patience: Duration) -> HostAccessError {
        let said = isHeldBack ? gate?.said ?? [] : []
        said.withUnsafeBytes { errorOutput.append($0) }
        let line = String(decoding: said, as: UTF8.self).printable(maximumBytes: 4096)
            .split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        guard let line else {
            return HostAccessError(
                .timedOut, "the host did not start the command within \(patience.roundedToSeconds.spoken)")
        }
        return HostAccessError(
            .timedOut, "sudo did not let the command in within \(patience.roundedToSeconds.spoken); it says: \(line)",
            hint: "sudo may ask for a password, and for nothing else: see its PAM configuration, /etc/pam.d/sudo")
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

    func finish(_ ending: CommandEnding, _ error: HostAccessError) {
        if problem == nil, !(self.ending != nil && outputHasEnded) { problem = error }
        if !isComplete { self.ending = ending }
        outputHasEnded = true
        startWaiter.take()?.resume(returning: .failure(error))
        writeWaiter.take()?.resume(returning: .failure(error))
        readWaiter.take()?.resume(returning: .failure(error))
        resumeEndWaiters()
    }

    func resumeEndWaiters() {
        guard let ending else { return }
        for waiter in endWaiters { waiter.resume(returning: ending) }
        endWaiters = []
    }

    static let commandHasEnded = HostAccessError(.closed, "the remote command has ended")
}
