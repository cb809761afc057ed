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
    }

    private let job: RolloutJob
    private let fleet: any Fleet
    private let observer: any RolloutObserver
    private let mailbox: Mailbox<RolloutDriver.Message>
    private let tasks = Mutex<[Slot: Task<Void, Never>]>([:])

    init(
        job: RolloutJob, fleet: any Fleet, observer: any RolloutObserver, mailbox: Mailbox<RolloutDriver.Message>
    ) {
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
        replace(.host(host)) { [fleet, observer, mailbox] in
            do throws(Superseded) {
                let outcome = try await fleet.perform(
                    operation, on: host, attempt: attempt, deadline: deadline, allocation: allocation,
                    observer: observer)
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
