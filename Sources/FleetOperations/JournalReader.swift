import FleetModel
import HostAccess

/// Reads one host's journal over SSH, and goes on reading it whatever becomes of the link: no line is lost, and none
/// comes twice.
public actor JournalReader {
    /// What is told while it goes on.
    public enum News: Sendable {
        case record(JournalRecord)
        /// The link is gone, with the reason; it is tried again after so long.
        case linkLost(HostAccessError, retryIn: Duration)
        /// It is there again.
        case linkRestored
    }

    /// Connecting and logging in, and then starting journalctl.
    static let maximumStartTime: Duration = .seconds(15)
    /// Of one entry on the wire.
    static let maximumRecordBytes = 1 << 20
    private static let retryIntervals: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8)]

    private let endpoint: HostEndpoint
    private let query: JournalQuery
    private let connector: any HostConnector
    private let clock: any Clock<Duration>
    private let tell: @Sendable (News) -> Void
    /// Of the last entry that was told.
    private var cursor: String?
    /// Since journalctl was started for the first time.
    private var timeRead: (@Sendable () -> Duration)?
    /// Since the link was there last.
    private var failureCount = 0

    public init(
        _ query: JournalQuery, of endpoint: HostEndpoint, over connector: any HostConnector,
        clock: any Clock<Duration> = ContinuousClock(), tell: @escaping @Sendable (News) -> Void
    ) {
        self.endpoint = endpoint
        self.query = query
        self.connector = connector
        self.clock = clock
        self.tell = tell
    }

    /// Returns when the journal has been read to its end, or when the task is cancelled; the latter alone ends one
    /// that is followed.
    /// - Throws: `Diagnostic` where it can't be read, with the remedy.
    public func read() async throws(Diagnostic) {
        while !Task.isCancelled {
            do throws(HostAccessError) {
                let (ending, errorTail) = try await readOnce()
                // Its connection's end looks like a bad end of its own.
                if Task.isCancelled { return }
                switch ending {
                case .exited(0) where !query.follows: return
                case .lost, .unknown, .timedOut, .exited(0), .signalled:
                    throw HostAccessError(.connectionLost, "the connection was lost")
                case .exited(let status): throw refusal(status, errorTail)
                }
            } catch {
                if Task.isCancelled { return }
                guard query.follows, error.isTransient else { throw Diagnostic(error.problem, hint: error.hint) }
                await pause(after: error)
            }
        }
    }

    private func readOnce() async throws(HostAccessError) -> (CommandEnding, errorTail: [UInt8]) {
        let connection = try await connector.connect(to: endpoint, deadline: Self.maximumStartTime)
        do {
            let command = presentQuery.command(as: endpoint.user, after: cursor)
            let stream = try await connection.open(command, deadline: Self.maximumStartTime)
            if timeRead == nil { timeRead = Self.stopwatch(clock) }
            if failureCount > 0 { tell(.linkRestored) }
            failureCount = 0
            var splitter = LineSplitter(maximumBytes: Self.maximumRecordBytes)
            while let bytes = try await stream.read() { take(splitter.lines(adding: bytes)) }
            let ending = await stream.ending()
            await connection.close()
            return ending
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Where nothing had been logged when the link was lost, there is no cursor: all since the start is new then.
    private var presentQuery: JournalQuery {
        guard let timeRead, cursor == nil else { return query }
        var query = query
        (query.lines, query.since) = (JournalQuery.maximumLines, timeRead() + .seconds(1))
        return query
    }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// A line that is no entry is a login shell's greeting, or an entry beyond all measure.
    private func take(_ lines: [[UInt8]]) {
        for record in lines.compactMap(JournalRecord.init) {
            cursor = record.cursor
            tell(.record(record))
        }
    }

    private func pause(after error: HostAccessError) async {
        let pause = Self.retryIntervals[min(failureCount, Self.retryIntervals.count - 1)]
        failureCount += 1
        tell(.linkLost(error, retryIn: pause))
        // Cancellation ends the sleep early, and the loop with it.
        try? await clock.sleep(for: pause)
    }

    private func refusal(_ status: Int32, _ errorTail: [UInt8]) -> HostAccessError {
        let said = String(decoding: errorTail, as: UTF8.self).printable()
        if status == 127 {
            return HostAccessError(
                .protocolViolation, "journalctl is not there",
                hint: "coord logs reads systemd's journal; this host has none")
        }
        let reason = said.split(separator: "\n").last.map { ": \($0)" } ?? ""
        return HostAccessError(.protocolViolation, "journalctl ended with exit status \(status)\(reason)")
    }
}
