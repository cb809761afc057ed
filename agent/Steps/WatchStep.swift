import AgentProtocol

/// Makes round after round of checks until they have passed for long enough, then runs the hooks that follow.
final class WatchStep: Step {
    private static let trafficHookPoints: [Hook.Point] = [.beforeAllowTraffic, .allowTraffic, .afterAllowTraffic]

    private let deadlineMilliseconds: UInt64
    private let onHealth: (HealthRound.Outcome) -> Void
    private var window: HealthWindow
    private var checks: [ReadyCheck] = []
    private var round: HealthRound?
    private var timer: EventLoop.Timer?
    private var deadline: EventLoop.Timer?
    private var last: HealthRound.Outcome?
    private var hooks: ArraySlice<Hook> = []
    private lazy var surroundings = workplace.surroundings(release: release, previous: previous)
    private lazy var hookRun = workplace.hookRun(surroundings)
    private lazy var controller = workplace.controller(surroundings)

    init(
        _ workplace: Workplace, minimumHealthyMilliseconds: UInt64, deadlineMilliseconds: UInt64,
        onHealth: @escaping (HealthRound.Outcome) -> Void
    ) {
        (self.deadlineMilliseconds, self.onHealth) = (deadlineMilliseconds, onHealth)
        window = HealthWindow(minimumMilliseconds: minimumHealthyMilliseconds)
        super.init(workplace)
    }

    private var release: String { ReleaseStore.release(ofLink: (try? workplace.store.current()) ?? "") }
    private var previous: String { ReleaseStore.release(ofLink: workplace.rollout.origin ?? "") }

    override func start() {
        do throws(SystemError) {
            for check in workplace.definition.checks {
                checks.append(
                    try ReadyCheck(
                        check, scripts: workplace.scripts, surroundings: surroundings, children: workplace.children))
            }
        } catch {
            return workplace.end(StepResult(error))
        }
        deadline = workplace.loop.after(milliseconds: deadlineMilliseconds) { self.runOutOfTime() }
        startRound()
    }

    override func cancel() {
        stopWatching()
        hookRun.cancel()
        controller.cancel()
    }

    private func stopWatching() {
        workplace.loop.cancel(timer)
        workplace.loop.cancel(deadline)
        round?.cancel()
    }

    private func startRound() {
        let started = EventLoop.now()
        round = HealthRound(checks, controller) { self.finishRound($0, started: started) }
    }

    private func finishRound(_ outcome: HealthRound.Outcome, started: UInt64) {
        let now = EventLoop.now()
        let verdict = window.add(outcome, at: now)
        tell(outcome, verdict)
        if case .healthy = verdict {
            stopWatching()
            hooks = hookPoints.flatMap { point in workplace.definition.hooks.filter { $0.point == point } }[...]
            return runNextHook()
        }
        // Waiting for the deadline would change nothing.
        if outcome.unit.isGivenUp { return giveUp(because: outcome.problem) }
        let interval = max(100, workplace.definition.intervalMilliseconds)
        let elapsed = now - started
        let untilNext = elapsed < interval ? interval - elapsed : 0
        let wait = min(untilNext, window.missingMilliseconds(at: now) ?? untilNext)
        timer = workplace.loop.after(milliseconds: wait) { self.startRound() }
    }

    /// Only changes are news.
    private func tell(_ outcome: HealthRound.Outcome, _ verdict: HealthWindow.Verdict) {
        onHealth(outcome)
        if case .broken(let problem) = verdict {
            workplace.report(problem, output: outcome.output)
        } else if outcome.isHealthy, last?.isHealthy != true {
            workplace.report("all checks pass")
        } else if !outcome.isHealthy, last?.problem != outcome.problem {
            workplace.report(outcome.problem, output: outcome.output)
        }
        last = outcome
    }

    private func runOutOfTime() {
        let problem: String =
            if let last, !last.isHealthy {
                last.problem
            } else if last == nil {
                "the first round of checks did not end"
            } else {
                "the checks have not passed for long enough"
            }
        giveUp(because: "\(problem); waited \(deadlineMilliseconds / 1000) s")
    }

    private func giveUp(because problem: String) {
        stopWatching()
        let failure = StepResult(ending: .unhealthy, problem: problem, output: last?.output ?? [])
        controller.explain(failure) { self.workplace.end($0 ?? failure) }
    }

    /// What validates the new release has nothing to say of the old one.
    private var hookPoints: [Hook.Point] {
        workplace.rollout.isReverted ? Self.trafficHookPoints : [.validateService] + Self.trafficHookPoints
    }

    private func runNextHook() {
        guard let hook = hooks.popFirst() else { return workplace.end(StepResult(ending: .succeeded)) }
        workplace.report("running hook \(hook.point.name) (\(hook.name))")
        hookRun.run(hook) { failure in
            if let failure { self.workplace.end(failure) } else { self.runNextHook() }
        }
    }
}
