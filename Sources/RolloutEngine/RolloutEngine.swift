import FleetModel

/// Decides a rollout: events in, actions out. It does no I/O, reads no clock and draws no random numbers, so that the
/// journal's events always rebuild the same rollout, and a simulator can run millions.
///
/// One operation at a time is pending on a host; a new one supersedes it, and answers to the old one are ignored. While
/// the traffic is being shifted, no host is drained or admitted.
public struct RolloutEngine: Sendable {
    /// Valid transitions are:
    ///  - notStarted → starting
    ///  - starting → forward, closing
    ///  - forward → forward, betweenBatches, rollingBack, closing
    ///  - betweenBatches → forward, rollingBack, closing
    ///  - rollingBack → closing
    ///  - closing → finishing → ended
    public enum Course: Hashable, Sendable {
        case notStarted
        /// The `before_rollout` hook runs.
        case starting
        /// At that step of the plan, counted from 0.
        case forward(step: Int)
        /// The `after_batch` hook runs.
        case betweenBatches(after: Int)
        case rollingBack
        /// What every host runs, and what the balancers do, is read again.
        case closing
        /// The hosts are told that it is over, and the `after_rollout` hook runs.
        case finishing(Ending)
        case ended(Ending)
    }

    public let plan: RolloutPlan
    public internal(set) var course = Course.notStarted { didSet { hasTurned = true } }
    /// Why the rollout failed or was aborted; nil while it is going well.
    public internal(set) var failureReason: String?
    /// It is to be suspended as soon as nothing is at an unsafe point.
    public internal(set) var hold: Suspension? { didSet { hasTurned = true } }
    /// Why it is held, and who drives it meanwhile.
    var holdCause = HoldCause.failure
    /// It is at a safe point, and its coordinator stays and waits for a person's next word.
    public internal(set) var isWaiting = false
    /// It has been suspended and waits for ``Event/rolloutResumed(by:)``.
    public internal(set) var isSuspended = false
    /// What a person is to decide before it goes on; nil where it waits for nobody, or for whoever paused it.
    public internal(set) var gate: Gate?
    /// Hosts may be started by the clock on the wall.
    public internal(set) var isWindowOpen: Bool
    /// Why what a person has just asked changes nothing; nil where it was taken, and after any other event.
    public internal(set) var rejection: String?
    /// All hosts were changed but some, so the schema still bears what they run: the contract hook was left out.
    public internal(set) var isContractOwed = false

    var progress: HostTable
    var traffic: TrafficState?
    var pendingHooks: Set<CoordinatorHook> = []
    /// The steps that are still to be done, or done again for hosts that are retried.
    var stepsAhead: Set<Int>
    var stepState = StepState()
    /// What came before has been stopped, or the schema does not bear it any more.
    var isPastReturn = false
    /// Failures that a person has seen and resumed after: they count no more.
    var forgiven: Set<HostName> = []
    var progressDeadline = RolloutInstant.zero
    var askDeadline = RolloutInstant.zero
    /// What is done where nobody answers.
    var defaultResponse = FailureResponse.pause
    var now = RolloutInstant.zero
    /// Numbers shifts and analyses, so that a late answer is told from the one that is waited for.
    var lastAttempt = 0
    var actions: [Action] = []
    var hasTurned = false

    public init(plan: RolloutPlan) {
        self.plan = plan
        isWindowOpen = !plan.policy.hasWindow
        progress = HostTable(of: plan)
        traffic = plan.traffic.map(TrafficState.init)
        stepsAhead = Set(plan.steps.indices)
    }

    /// Every selected host, in the plan's order.
    public var hosts: [HostProgress] { progress.all }

    /// The selected hosts that are out of service, or not known to be in it.
    public var unavailableCount: Int { progress.total.unavailable }

    /// Takes in one event and says what is to be done now.
    public mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        (actions, rejection, self.now) = ([], nil, now)
        if case .ended = course { return [] }
        take(event)
        // Nobody drives a suspended rollout; what an event asked for meanwhile is asked for again on resuming.
        if isSuspended { return [] }
        advance()
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .rolloutStarted: start()
        case .rolloutResumed: resume()
        case .operationFinished(let operation, let name, let outcome): finish(operation, on: name, outcome)
        case .hookFinished(let hook, let outcome): finish(hook, outcome)
        case .timerFired(.progress): progressTimerFired()
        case .timerFired(.pause): pauseTimerFired()
        case .timerFired(.ask): askTimerFired()
        case .trafficShifted(let attempt, let outcome): shiftFinished(attempt, outcome)
        case .analysed(_, let attempt, let verdict): analysisFinished(attempt, verdict)
        case .schemaHookFinished(let hook, let outcome): finish(hook, outcome)
        case .windowChanged(let isOpen): windowChanged(isOpen: isOpen)
        case .operatorAsked(let request, let person): answer(request, by: person)
        }
    }

    /// One turn may lead straight to the next: a batch whose hosts have all failed, a rollback with nothing to restore.
    private mutating func advance() {
        repeat {
            hasTurned = false
            if case .ended = course { return }
            if let hold {
                // A pause lets what was started become whole.
                if hold != .interrupted { admitHosts() }
                return suspendIfSafe(hold)
            }
            switch course {
            case .notStarted, .starting, .betweenBatches, .ended: break
            case .forward(let step): goForward(step)
            case .rollingBack: goBack()
            case .closing: closeIfAnswered()
            case .finishing(let ending): endIfFinished(ending)
            }
        } while hasTurned
    }
}

// MARK: - Asking

extension RolloutEngine {
    mutating func perform(_ operation: HostOperation, on name: HostName, entering phase: HostProgress.Phase? = nil) {
        progress.update(name) { host in
            host.pending = operation
            if let phase { host.phase = phase }
            if operation == .activate { host.isChanged = true }
            if operation == .drain { (host.isWithdrawn, host.isDrained) = (true, false) }
            if operation == .admit { host.isDrained = false }
            if operation == .retire { host.isRetirementAsked = true }
        }
        if operation == .drain || operation == .admit { traffic?.isTouched = true }
        let attempt = progress[name]?.attempt ?? 1
        actions.append(.perform(operation, on: name, attempt: attempt, deadline: plan.deadline(for: operation)))
    }

    /// False where there is no such hook, so that nothing is to be waited for.
    mutating func run(_ hook: CoordinatorHook) -> Bool {
        guard plan.policy.hooks.contains(hook) else { return false }
        if pendingHooks.insert(hook).inserted { actions.append(.runHook(hook)) }
        return true
    }

    mutating func nextAttempt() -> Int {
        lastAttempt += 1
        return lastAttempt
    }

    func listed(_ names: [HostName]) -> String { names.map(\.text).joined(separator: ", ") }
}
