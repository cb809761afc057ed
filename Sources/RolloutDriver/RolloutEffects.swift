import FleetModel
import RolloutEngine
import RolloutSpec
import Synchronization

/// What the engine's actions do in the world: one task a host, one a hook, one a timer, each of which posts its answer.
final class RolloutEffects: Sendable {
    private enum Slot: Hashable {
        case host(HostName)
        case hook(CoordinatorHook)
        case timer(RolloutTimer)
        case traffic
        case schemaHook(SchemaHook)
        case window
        case measuring(AnalysisName)
        case before
    }

    private let job: RolloutJob
    private let fleet: any Fleet
    private let observer: any RolloutObserver
    private let mailbox: Mailbox<RolloutDriver.Message>
    private let evidence: EvidenceCollector?
    private let isHolding = Mutex(false)
    private let readingsBefore = Mutex<[AnalysisName: [MetricReading]]>([:])
    private let tasks = Mutex<[Slot: Task<Void, Never>]>([:])

    init(
        job: RolloutJob, fleet: any Fleet, observer: any RolloutObserver, mailbox: Mailbox<RolloutDriver.Message>,
        evidence: EvidenceCollector?
    ) {
        self.evidence = evidence
        self.job = job
        self.fleet = fleet
        self.observer = observer
        self.mailbox = mailbox
    }

    /// A new operation supersedes the one pending on the host: the engine ignores the old one's answer.
    func perform(
        _ operation: HostOperation, on host: HostName, attempt: Int, deadline: Duration,
        allocation: TrafficAllocation?
    ) {
        replace(.host(host)) { [fleet, observer, mailbox, evidence] in
            // Ends with the operation at the latest.
            let sampling =
                operation == .stage ? evidence.map { evidence in Task { await evidence.noteBefore(host) } } : nil
            defer { sampling?.cancel() }
            do throws(Superseded) {
                let outcome = try await fleet.perform(
                    operation, on: host, attempt: attempt, deadline: deadline, allocation: allocation,
                    observer: observer)
                if case .failed(let failure) = outcome, !Task.isCancelled {
                    await evidence?.gather(operation, on: host, attempt: attempt, failure)
                }
                guard !Task.isCancelled else { return }
                mailbox.post(.happened(.operationFinished(operation, on: host, outcome)))
            } catch {
                mailbox.post(.superseded(error.problem))
            }
        }
    }

    func run(_ hook: CoordinatorHook, engine: RolloutEngine) {
        guard let program = job.hooks.first(where: { $0.hook == hook }) else {
            return mailbox.post(.happened(.hookFinished(hook, .succeeded)))
        }
        let environment = HookEnvironment(hook: hook, engine: engine)
        replace(.hook(hook)) { [mailbox, timeout = job.plan.policy.commandTimeout] in
            let outcome = await program.run(environment, timeout: timeout)
            guard !Task.isCancelled else { return }
            mailbox.post(.happened(.hookFinished(hook, outcome)))
        }
    }

    /// The balancers finish one shift before they begin the next.
    func shiftTraffic(to allocation: TrafficAllocation, attempt: Int) {
        replace(.traffic) { [fleet, mailbox] in
            do throws(Superseded) {
                let outcome = try await fleet.shiftTraffic(to: allocation)
                guard !Task.isCancelled else { return }
                mailbox.post(.happened(.trafficShifted(attempt: attempt, outcome)))
            } catch {
                mailbox.post(.superseded(error.problem))
            }
        }
    }

    func run(_ hook: SchemaHook, on host: HostName) {
        replace(.schemaHook(hook)) { [fleet, observer, mailbox] in
            do throws(Superseded) {
                let outcome = try await fleet.runSchemaHook(hook, on: host, observer: observer)
                guard !Task.isCancelled else { return }
                mailbox.post(.happened(.schemaHookFinished(hook, outcome)))
            } catch {
                mailbox.post(.superseded(error.problem))
            }
        }
    }

    /// Remembers what comparisons need from before the change.
    func note(_ measurement: AnalysisMeasurement) {
        guard measurement.occasion == .before else { return }
        readingsBefore.withLock { $0[measurement.analysis, default: []].append(measurement.reading) }
    }

    /// The verdict is posted; what is measured on the way is posted, too.
    func analyse(_ name: AnalysisName, attempt: Int, _ engine: RolloutEngine) {
        var task = analysisTask(name, AnalysisSides(engine))
        task.before = readingsBefore.withLock { $0[name] ?? [] }
        replace(.measuring(name)) { [mailbox, observer, task] in
            let verdict = await task.verdict(attempt: attempt) {
                observer.observe(.noted("analysis \(name): \($0)", on: nil))
            }
            guard let verdict, !Task.isCancelled else { return }
            mailbox.post(.happened(.analysed(name, attempt: attempt, verdict)))
        }
    }

    /// Begins and ends what no verdict is waited for.
    func followAnalyses(of engine: RolloutEngine) {
        let isHeld = job.plan.strategy == .abTest && engine.gate == .promotion
        if isHeld != isHolding.withLock({ $0 }) {
            isHolding.withLock { $0 = isHeld }
            if isHeld { keepMeasuring(engine) } else { stopMeasuring() }
        }
        if isHeld || engine.isMeasuring { return }
        if engine.course != .notStarted { stopMeasuring() }
    }

    /// Both sides side by side, until something else is measured.
    private func keepMeasuring(_ engine: RolloutEngine) {
        let sides = AnalysisSides(engine)
        for name in job.plan.analyses {
            let task = analysisTask(name, sides)
            replace(.measuring(name)) { await task.measure(.held) }
        }
    }

    private func stopMeasuring() {
        let measuring = tasks.withLock { tasks in
            let slots = tasks.keys.filter { if case .measuring = $0 { true } else { false } }
            return slots.compactMap { tasks.removeValue(forKey: $0) }
        }
        for task in measuring { task.cancel() }
    }

    /// What comparisons need from before the first change; then these events are posted.
    func measureBefore(then events: [Event]) {
        let measurements = job.plan.analyses.reduce(into: [AnalysisName: (AnalysisTask, Int)]()) { found, name in
            guard let rounds = job.analyses?.analysis(name)?.roundsBefore,
                let sides = job.analyses?.widestSides(of: name, in: job.plan)
            else { return }
            found[name] = (analysisTask(name, sides), rounds)
        }
        guard !measurements.isEmpty else { return events.forEach { mailbox.post(.happened($0)) } }
        for (name, (task, rounds)) in measurements {
            let hosts = task.sides.all.count
            observer.observe(
                .noted("analysis \(name): measures \(hosts) hosts \(rounds) times before anything changes", on: nil))
        }
        replace(.before) { [mailbox] in
            await withTaskGroup(of: Void.self) { group in
                for (task, rounds) in measurements.values {
                    group.addTask { await task.measure(.before, rounds: rounds) }
                }
            }
            guard !Task.isCancelled else { return }
            events.forEach { mailbox.post(.happened($0)) }
        }
    }

    private func analysisTask(_ name: AnalysisName, _ sides: AnalysisSides) -> AnalysisTask {
        AnalysisTask(name: name, job: job, sides: sides, fleet: fleet) { [mailbox] in mailbox.post(.measured($0)) }
    }

    /// Tells at once whether hosts may be started, and whenever that changes.
    func watch(_ schedule: MaintenanceSchedule) {
        let watch = WindowWatch(schedule: schedule)
        let isOpen = watch.isOpen
        let changed = { @Sendable [mailbox, observer] (isOpen: Bool) in
            mailbox.post(.happened(.windowChanged(isOpen: isOpen)))
            if !isOpen, let opening = watch.opening {
                observer.observe(.noted("hosts may be started from \(opening) on", on: nil))
            }
        }
        changed(isOpen)
        replace(.window) { await watch.run(from: isOpen, changed) }
    }

    func start(_ timer: RolloutTimer, after delay: Duration) {
        replace(.timer(timer)) { [mailbox] in
            // Stands still while the machine sleeps, as the rollout's clock does.
            guard (try? await Task.sleep(for: delay, clock: .suspending)) != nil else { return }
            mailbox.post(.happened(.timerFired(timer)))
        }
    }

    func cancel(_ timer: RolloutTimer) {
        tasks.withLock { $0.removeValue(forKey: .timer(timer)) }?.cancel()
    }

    /// Ends whatever is still running and waits for its end.
    func stop() async {
        let running = tasks.withLock { tasks in
            defer { tasks = [:] }
            return Array(tasks.values)
        }
        for task in running { task.cancel() }
        for task in running { await task.value }
        await fleet.close()
    }

    private func replace(_ slot: Slot, with body: @escaping @Sendable () async -> Void) {
        let task = Task { await body() }
        tasks.withLock { $0.updateValue(task, forKey: slot) }?.cancel()
    }
}
