import FleetModel
import RolloutDriver
import RolloutEngine
import RolloutStore

/// A rollout that a coordinator drives, perhaps in another terminal: it is spoken to through the store.
struct DrivenRollout {
    let store: SQLiteStore
    let record: RolloutRecord

    /// What became of a request.
    enum Answer {
        /// The coordinator has taken it up; the rollout as it stands then.
        case taken(RolloutEngine)
        /// It ended first.
        case ended
        /// Its coordinator went away first. The request stays for the next.
        case left
        /// Its coordinator lives, and did not take it in time.
        case silent
    }

    /// Longer than a lease lives that nobody renews.
    private static let patience = Lease.duration + .seconds(5)
    private static let pollInterval: Duration = .milliseconds(100)

    /// What it was begun with.
    func job() throws -> RolloutJob {
        do { return try RolloutJob.decode(record) } catch { throw Failure(error) }
    }

    /// The rollout as its journal tells it, up to the first word of somebody's that came after `count` entries: what
    /// comes later says nothing of what became of that one.
    func engine(after count: Int = .max, upTo word: Event? = nil) throws -> RolloutEngine {
        do {
            var engine = RolloutEngine(plan: try RolloutJob.decode(record).plan)
            for (index, entry) in try store.journal(of: record.id).enumerated() {
                _ = engine.handle(entry.event, at: entry.at)
                if index >= count, entry.event == word { break }
            }
            return engine
        } catch let error as StoreError {
            throw Failure(error)
        } catch let error as DriverError { throw Failure(error) }
    }

    /// Leaves word and waits until it is taken, or can't be.
    func ask(_ request: OperatorRequest) async throws -> Answer {
        do {
            let known = try store.journal(of: record.id).count
            let id = try store.ask(request, of: record.id, by: operatorName)
            let end = ContinuousClock.now + Self.patience
            while ContinuousClock.now < end {
                if try !store.waitingRequests(of: record.id).contains(where: { $0.id == id }) {
                    return .taken(try engine(after: known, upTo: .operatorAsked(request, by: operatorName)))
                }
                let now = try store.rollout(record.id)
                if now.endedAt != nil { return .ended }
                if now.lease == nil { return .left }
                try await Task.sleep(for: Self.pollInterval)
            }
            return .silent
        } catch let error as StoreError { throw Failure(error) }
    }

    /// Asks, and says what comes of it; `done` words the rollout's standing once the request has been taken.
    func ask(
        _ request: OperatorRequest, _ output: OutputOptions, done: (RolloutEngine) throws -> String
    ) async throws {
        let driver = record.lease?.holder ?? "its coordinator"
        switch try await ask(request) {
        case .taken(let engine):
            let line = RequestLine(record, request, engine, text: try done(engine))
            Terminal.standard.print(output.json ? line.jsonLine : line.text)
        case .ended:
            throw Failure(
                "rollout \(record.id) ended before \(driver) took the request", hint: "coord show \(record.id)",
                status: .failedUnchanged)
        case .left:
            throw Failure(
                "\(driver) went away before it took the request; nobody drives rollout \(record.id) now",
                hint: "the request stays, and comes first when the rollout goes on: coord resume \(record.id), "
                    + "or: coord abort \(record.id)", status: .failedUnchanged)
        case .silent:
            throw Failure(
                "\(driver) has not taken the request in \(Self.patience.spoken)",
                hint: "the request stays; coord history tells who drives what", status: .failedUnchanged)
        }
    }
}

/// What `coord pause`, `resume`, `promote`, `retry`, `skip` and `abort` say about a rollout that another terminal
/// drives.
struct RequestLine: Encodable {
    var rollout: String
    var request: String
    var drivenBy: String?
    /// `running`, `pausing`, `paused`, `rolling_back`, `ended`.
    var state: String
    /// Hosts that were started and are neither healthy nor failed.
    var inFlight: Int
    var text: String

    init(_ record: RolloutRecord, _ request: OperatorRequest, _ engine: RolloutEngine, text: String) {
        rollout = record.id.text
        self.request = request.verb
        drivenBy = record.lease?.holder
        state = engine.standing
        inFlight = engine.hostsInFlight
        self.text = text
    }
}

extension RolloutEngine {
    /// Between being asked to change and the verdict on that, on the way back too.
    var hostsInFlight: Int {
        hosts.count { host in
            switch host.pending {
            case .drain, .activate, .watch, .admit, .revert, .watchReverted: true
            case .stage, .retire, .inspect, .finish, nil: false
            }
        }
    }

    /// In one word of `--json`.
    var standing: String {
        if case .ended = course { return "ended" }
        if isWaiting || isSuspended { return "paused" }
        if hold != nil { return "pausing" }
        return failureReason == nil ? "running" : "rolling_back"
    }

    /// Why it is paused, or is about to be; nil where it goes on.
    var pauseReason: String? {
        if case .paused(let reason) = hold { reason } else { nil }
    }
}
