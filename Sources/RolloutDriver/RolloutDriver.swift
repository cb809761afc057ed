import FleetModel
import RolloutEngine
import RolloutStore

/// The only loop: take what happened, make it durable, let the engine decide, do what it asks. It decides nothing.
public final class RolloutDriver: Sendable {
    /// How driving came to its end.
    public enum Result: Sendable {
        case ended(Ending)
        case suspended(Suspension)
        /// Another coordinator has taken over, or the lease could not be renewed in time; nothing more is done here.
        case superseded(String)
    }

    enum Message: Sendable {
        case happened(Event)
        case asked(AskedRequest)
        case measured(AnalysisMeasurement)
        case superseded(String)
        case failed(StoreError)
    }

    private let job: RolloutJob
    private let lease: Lease
    private let store: any RolloutStore
    private let fleet: any Fleet
    private let observer: any RolloutObserver
    private let evidence: EvidenceCollector?
    private let mailbox = Mailbox<Message>()

    static let takeover = "another coordinator took the rollout over"

    /// `evidence`: where what tells why hosts failed is kept; nil: nowhere.
    public init(
        job: RolloutJob, lease: Lease, store: any RolloutStore, fleet: any Fleet, observer: any RolloutObserver,
        evidence: EvidenceFolder? = nil
    ) {
        self.evidence = evidence.map { EvidenceCollector(fleet, keepingIn: $0) }
        self.job = job
        self.lease = lease
        self.store = store
        self.fleet = fleet
        self.observer = observer
    }

    /// Leaves a word for the rollout: a signal, or a person in this process.
    public func ask(_ request: OperatorRequest, by person: String) {
        mailbox.post(.happened(.operatorAsked(request, by: person)))
    }

    /// Drives the rollout from where its journal ends until it ends, is suspended, or another coordinator takes over.
    /// `beginning` is what happens first: ``Event/rolloutStarted``, or what a person asked and
    /// ``Event/rolloutResumed(by:)``.
    /// - Throws: ``DriverError`` where the journal fails; the rollout can be resumed.
    public func run(after journal: [JournalEntry], beginning: [Event]) async throws(DriverError) -> Result {
        var engine = RolloutEngine(plan: job.plan)
        for entry in journal { _ = engine.handle(entry.event, at: entry.at) }
        observer.observe(.began(engine, isResumed: !journal.isEmpty))
        let effects = RolloutEffects(job: job, fleet: fleet, observer: observer, mailbox: mailbox, evidence: evidence)
        let keeper = LeaseKeeper(lease: lease, store: store, mailbox: mailbox).start()
        let result = await drive(&engine, effects, from: journal.last?.at, beginning: beginning)
        if result.isForPeople { await evidence?.findSuspects(engine) }
        // In this order: a renewal must not undo the release, and nothing may go on under a lease that was given back.
        keeper.cancel()
        await keeper.value
        if case .success(.ended) = result { await fleet.releaseHelpers() }
        await effects.stop()
        return try conclude(result)
    }

    private func drive(
        _ engine: inout RolloutEngine, _ effects: RolloutEffects, from last: RolloutInstant?, beginning: [Event]
    ) async -> Swift.Result<Result, DriverError> {
        // The coordinator before died between the last event and the record of the ending.
        if case .ended(let ending) = engine.course { return .success(.ended(ending)) }
        do throws(DriverError) {
            if let schedule = job.schedule { effects.watch(schedule) }
            // What was asked of the coordinator before, and was not taken.
            for word in try waitingRequests() { mailbox.post(.asked(word)) }
            for kept in try measurements() { effects.note(kept.measurement) }
            if engine.course == .notStarted, !beginning.contains(where: \.isRequest) {
                effects.measureBefore(then: beginning)
            } else {
                for event in beginning { mailbox.post(.happened(event)) }
            }
            return .success(try await loop(&engine, effects, clock: RolloutClock(after: last)))
        } catch {
            return .failure(error)
        }
    }

    private func waitingRequests() throws(DriverError) -> [AskedRequest] {
        do { return try store.waitingRequests(of: lease.rollout) } catch { throw .store(error) }
    }

    private func measurements() throws(DriverError) -> [KeptMeasurement] {
        do { return try store.measurements(of: lease.rollout) } catch { throw .store(error) }
    }

    /// Records how it came to its end, and gives the lease back.
    private func conclude(_ result: Swift.Result<Result, DriverError>) throws(DriverError) -> Result {
        do throws(StoreError) {
            switch result {
            case .success(.ended(let ending)):
                try store.end(ending, under: lease)
                observer.observe(.ended(ending))
            case .success(.suspended(let suspension)):
                try store.release(lease)
                observer.observe(.suspended(suspension))
            case .success(.superseded), .failure:
                // So that nobody has to wait until it expires; a store that fails has been reported already.
                try? store.release(lease)
            }
        } catch .leaseLost {
            return .superseded(Self.takeover)
        } catch {
            throw .store(error)
        }
        return try result.get()
    }

    private func loop(
        _ engine: inout RolloutEngine, _ effects: RolloutEffects, clock: RolloutClock
    ) async throws(DriverError) -> Result {
        // The keeper may bring a word again while it is being taken; they come in the order of their ids.
        var lastTaken: AskedRequest.ID = 0
        while true {
            var entries: [JournalEntry] = []
            var taken: [AskedRequest.ID] = []
            for message in await mailbox.takeAll() {
                switch message {
                case .happened(let event): entries.append(JournalEntry(event, at: clock.now))
                case .asked(let word):
                    guard word.id > lastTaken else { continue }
                    lastTaken = word.id
                    taken.append(word.id)
                    entries.append(JournalEntry(.operatorAsked(word.request, by: word.by), at: clock.now))
                case .measured(let measurement):
                    effects.note(measurement)
                    guard try keep(measurement) else { return .superseded(Self.takeover) }
                    observer.observe(.measured(measurement))
                case .superseded(let by): return .superseded(by)
                case .failed(let error): throw .store(error)
                }
            }
            guard !entries.isEmpty else { continue }
            guard try journal(entries, taking: taken) else { return .superseded(Self.takeover) }
            for entry in entries {
                let actions = engine.handle(entry.event, at: entry.at)
                observer.observe(.happened(entry.event, at: entry.at, engine))
                if job.analyses != nil { effects.followAnalyses(of: engine) }
                if let result = perform(actions, of: engine, effects, clock: clock) { return result }
            }
        }
    }

    /// False where another coordinator has the lease: what happened is its to find out.
    private func journal(_ entries: [JournalEntry], taking words: [AskedRequest.ID]) throws(DriverError) -> Bool {
        do {
            try store.append(entries, taking: words, under: lease)
            return true
        } catch .leaseLost {
            return false
        } catch {
            throw .store(error)
        }
    }

    /// False where another coordinator has the lease.
    private func keep(_ measurement: AnalysisMeasurement) throws(DriverError) -> Bool {
        do {
            try store.keep(measurement, under: lease)
            return true
        } catch .leaseLost {
            return false
        } catch {
            throw .store(error)
        }
    }

    private func perform(
        _ actions: [Action], of engine: RolloutEngine, _ effects: RolloutEffects, clock: RolloutClock
    ) -> Result? {
        for action in actions {
            switch action {
            case .perform(let operation, let host, let attempt, let deadline):
                effects.perform(
                    operation, on: host, attempt: attempt, deadline: deadline, allocation: engine.allocation)
            case .runHook(let hook): effects.run(hook, engine: engine)
            case .shiftTraffic(let allocation, let attempt): effects.shiftTraffic(to: allocation, attempt: attempt)
            case .analyse(let name, let attempt): effects.analyse(name, attempt: attempt, engine)
            case .runSchemaHook(let hook, let host): effects.run(hook, on: host)
            case .startTimer(let timer, let deadline): effects.start(timer, after: clock.timeUntil(deadline))
            case .cancelTimer(let timer): effects.cancel(timer)
            case .wait(let reason): observer.observe(.waiting(reason: reason))
            case .suspend(let suspension): return .suspended(suspension)
            case .end(let ending): return .ended(ending)
            }
        }
        return nil
    }
}

extension Swift.Result<RolloutDriver.Result, DriverError> {
    /// It has ended, or a person is to see to it.
    fileprivate var isForPeople: Bool {
        switch self {
        case .success(.ended), .success(.suspended(.paused)): true
        default: false
        }
    }
}

extension Event {
    fileprivate var isRequest: Bool { if case .operatorAsked = self { true } else { false } }
}
