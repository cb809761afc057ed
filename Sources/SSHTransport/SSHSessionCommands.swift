import FleetModel
import HostAccess
import NIOCore

/// Running commands. What others hold of a command is its channel, bound to the session's event loop.
extension SSHSession {
    typealias BoundChannel = NIOLoopBound<CommandChannel>

    /// Runs a command to its end; see ``HostConnection/run(_:input:outputLimit:deadline:)``.
    func run(
        _ command: String, through gate: SudoGate?, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        let bound = try addChannel(command, gate, input: input, use: .collected(limit: outputLimit))
        let channel = bound.value
        channel.alarm = alarm(in: TimeAmount(bounded: deadline)) { $0.timeOut(bound, after: deadline) }
        do throws(HostAccessError) {
            try await waiting(for: bound) { $0.waitForStart($1) }
        } catch  where channel.wasRequested && !Self.reasonsBeforeTheStart.contains(error.reason) {
            return channel.outcome
        }
        _ = await ending(of: bound)
        if let problem = channel.problem, problem.reason == .closed { throw problem }
        return channel.outcome
    }

    /// With these the command did not run, or nobody wants to know any more.
    private static let reasonsBeforeTheStart: Set<HostAccessError.Reason> = [
        .channelRefused, .closed, .sudoPasswordRequired, .sudoPasswordRejected, .sudoRefused,
    ]

    /// Starts a command whose streams stay open.
    func open(
        _ command: String, through gate: SudoGate?, deadline: Duration
    ) async throws(HostAccessError) -> BoundChannel {
        let bound = try addChannel(command, gate, input: [], use: .streamed)
        let alarm = alarm(in: TimeAmount(bounded: deadline)) { $0.timeOut(bound, after: deadline) }
        defer { alarm.cancel() }
        try await waiting(for: bound) { $0.waitForStart($1) }
        return bound
    }

    private func addChannel(
        _ command: String, _ gate: SudoGate?, input: [UInt8], use: CommandChannel.OutputUse
    ) throws(HostAccessError) -> BoundChannel {
        if let failure { throw failure }
        let channel = CommandChannel(command: command, gate: gate, input: input, use: use)
        add(channel)
        return BoundChannel(channel, eventLoop: eventLoop)
    }

    private func timeOut(_ bound: BoundChannel, after patience: Duration) {
        let channel = bound.value
        let error = channel.lateness(after: patience)
        // A request without an answer leaves the session in a state that nobody knows.
        let isMidRequest = channel.hasRequestUnderWay
        channel.abandon(.timedOut, error)
        if isMidRequest { fail(error) }
        pump()
    }

    func write(_ bytes: [UInt8], to bound: BoundChannel) async throws(HostAccessError) {
        try await waiting(for: bound) { $0.write(bytes, $1) }
    }

    func read(from bound: BoundChannel) async throws(HostAccessError) -> [UInt8]? {
        try await waiting(for: bound) { $0.read($1) }
    }

    /// How the command ended and the last of its error output.
    func ending(of bound: BoundChannel) async -> (CommandEnding, errorTail: [UInt8]) {
        let ending = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                bound.value.waitForEnd(continuation)
                pump()
            }
        } onCancel: {
            schedule { $0.abandon(bound, Self.cancelled) }
        }
        return (ending, bound.value.errorOutput.bytes)
    }

    func abandon(_ bound: BoundChannel, _ error: HostAccessError) {
        bound.value.abandon(.unknown, error)
        pump()
    }

    /// Suspends until the channel answers; a cancelled task's channel is closed.
    private func waiting<Value: Sendable>(
        for bound: BoundChannel, _ ask: (CommandChannel, CommandChannel.Waiter<Value>) -> Void
    ) async throws(HostAccessError) -> Value {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                ask(bound.value, continuation)
                pump()
            }
        } onCancel: {
            schedule { $0.abandon(bound, Self.cancelled) }
        }
        return try result.get()
    }
}
