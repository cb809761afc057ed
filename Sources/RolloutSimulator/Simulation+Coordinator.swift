import FleetModel
import RolloutEngine

// MARK: - The journal

extension Simulation {
    private var instant: RolloutInstant { RolloutInstant(milliseconds: now - awayTime) }

    /// Journals an event, lets the engine see it, and does what it says; or dies on the way. False where it was not
    /// journalled.
    @discardableResult
    mutating func take(_ event: Event) -> Bool {
        guard coordinator == .driving else { return false }
        let crash = scenario.crashes[writes]
        writes += 1
        if crash == .beforeWrite {
            die()
            return false
        }
        journal.append((event, instant, nil))
        release(by: event)
        note(.handled(event))
        if crash == .afterWrite {
            die()
            return true
        }
        let actions = decider.handle(event, at: instant)
        journal[journal.count - 1].actions = actions
        if let request = scenario.requests[journal.count] { ask(request) }
        for action in crash == nil ? actions[...] : actions.prefix(actions.count / 2) { perform(action) }
        if crash != nil { die() }
        return true
    }

    /// A word and the event that it becomes are one write: it is taken once, whenever the coordinator dies.
    mutating func takeWords() {
        while coordinator == .driving, let word = words.first {
            guard take(.operatorAsked(word, by: "ann")) else { return }
            words.removeFirst()
        }
    }

    /// A signal is for the process that is there; everything else is left in the store.
    private mutating func ask(_ request: OperatorRequest) {
        let delay = random.number(in: 0...3000)
        if request == .interrupt {
            add(.operatorAsked(request, by: "ann"), after: delay)
        } else {
            agenda.add(.word(request), at: now + Int64(delay))
        }
    }

    /// What the event ends: a suspension, or a wait.
    private mutating func release(by event: Event) {
        switch event {
        case .rolloutResumed: (suspension, waitReason) = (nil, nil)
        case .operatorAsked(.resume, _), .operatorAsked(.retry, _), .operatorAsked(.abort, _),
            .operatorAsked(.promote, _):
            waitReason = nil
        default: break
        }
    }

    private mutating func add(_ event: Event, after delay: Int) {
        agenda.add(.news(event, incarnation: incarnation), at: now + Int64(delay))
    }

    mutating func die() {
        guard coordinator == .driving else { return }
        note(.crashed)
        if case .promoting = scenario.people { return leave(returningAfter: Self.takeoverDelay) }
        leave(returningAfter: random.number(in: 100...900_000))
    }

    /// What a driver knows beside the journal goes with it.
    private mutating func leave(returningAfter delay: Int) {
        coordinator = .away(since: now)
        incarnation += 1
        for timer in [RolloutTimer.progress, .pause, .ask] { timerGenerations[timer, default: 0] += 1 }
        for host in requests.indices { requests[host] = nil }
        agenda.add(.coordinatorStart, at: now + Int64(delay))
    }

    /// A coordinator takes over: it rebuilds the engine, and takes the rollout up unless that is over or waits for
    /// people.
    mutating func start() {
        guard case .away(let since) = coordinator else { return }
        awayTime += now - since
        coordinator = .driving
        rebuild()
        if let ending = journal.last?.actions?.compactMap(\.ending).first { return perform(.end(ending)) }
        if let suspension { note(.did(.suspend(suspension))) }
        if let waitReason { note(.did(.wait(reason: waitReason))) }
        var needsPerson = suspension != nil || waitReason != nil
        if case .promoting = scenario.people, suspension == nil { needsPerson = false }
        if isLeftUnanswered() { needsPerson = false }
        takeWords()
        guard needsPerson else {
            take(.rolloutResumed(by: "takeover"))
            return tellHours()
        }
        guard let answer = nextAnswer() else { return }
        switch answer {
        case .resume, .interrupt: if waitReason != nil { take(.operatorAsked(.resume, by: "bob")) }
        case .abort: take(.operatorAsked(.abort, by: "bob"))
        case .retry: take(.operatorAsked(.retry, by: "bob"))
        case .promote: take(.operatorAsked(.promote, by: "bob"))
        }
        take(.rolloutResumed(by: "bob"))
        tellHours()
    }

    /// How long it takes until somebody sees that the coordinator is gone, and types `coord resume`.
    private static let takeoverDelay = 60_000

    /// What a person says to a rollout that waits; nil where nobody comes any more.
    private mutating func nextAnswer() -> Scenario.SuspensionAnswer? {
        guard suspensions < scenario.answersToSuspension.count else {
            abandon()
            return nil
        }
        suspensions += 1
        return scenario.answersToSuspension[suspensions - 1]
    }

    private mutating func abandon() {
        note(.left)
        coordinator = .over
    }

    private mutating func rebuild() {
        decider = makeDecider(scenario.plan)
        (suspension, waitReason) = (nil, nil)
        for index in journal.indices {
            release(by: journal[index].event)
            let actions = decider.handle(journal[index].event, at: journal[index].instant)
            if let before = journal[index].actions, before != actions { note(.replayDiffered(at: index)) }
            journal[index].actions = actions
            if let last = actions.compactMap(\.suspension).last { (suspension, waitReason) = (last, nil) }
            if let last = actions.compactMap(\.waitReason).last { waitReason = last }
        }
    }

    mutating func checkReplay() {
        var twin = makeDecider(scenario.plan)
        for (index, entry) in journal.enumerated() {
            let actions = twin.handle(entry.event, at: entry.instant)
            if let before = entry.actions, before != actions { note(.replayDiffered(at: index)) }
        }
    }
}

// MARK: - Actions

extension Simulation {
    private mutating func perform(_ action: Action) {
        note(.did(action))
        switch action {
        case .perform(let operation, let name, let attempt, let deadline):
            ask(VirtualHost.StepName(operation: operation, attempt: attempt), of: name, deadline: deadline)
        case .runHook(let hook): run(hook)
        case .startTimer(let timer, let deadline):
            timerGenerations[timer, default: 0] += 1
            agenda.add(
                .timer(timer, generation: timerGenerations[timer, default: 0]),
                at: max(now, deadline.milliseconds + awayTime))
        case .cancelTimer(let timer): timerGenerations[timer, default: 0] += 1
        case .shiftTraffic(let allocation, let attempt): shift(to: allocation, attempt)
        case .analyse(let name, let attempt):
            add(.analysed(name, attempt: attempt, verdict(of: name)), after: random.number(in: 10...60_000))
        case .runSchemaHook(let hook, _):
            let hasFailed = random.chance(scenario.hookFailureRate)
            let outcome = hasFailed ? HookOutcome.failed("exit status 1") : .succeeded
            add(.schemaHookFinished(hook, outcome), after: random.number(in: 10...30_000))
        case .wait(let reason):
            waitReason = reason
            if coordinator == .driving { answerWait() }
        case .suspend(let reason):
            (suspension, waitReason) = (reason, nil)
            guard coordinator == .driving else { return }
            if case .promoting = scenario.people { return abandon() }
            leave(returningAfter: random.number(in: 1000...3_600_000))
        case .end: coordinator = .over
        }
    }

    /// Promotes what waits for that; a question has a time of its own, and everything else stays as it is.
    private mutating func promote(after delay: Int64?) {
        switch (decider.gate, delay) {
        case (.promotion, .some(let delay)): agenda.add(.word(.promote), at: now + delay)
        case (.question, _): break
        default: abandon()
        }
    }

    /// Questions have an answer of their own when nobody comes.
    private mutating func isLeftUnanswered() -> Bool {
        guard case .question = decider.gate else { return false }
        return random.chance(50)
    }

    private mutating func answerWait() {
        if case .promoting(let delay) = scenario.people { return promote(after: delay) }
        if isLeftUnanswered() { return }
        guard let answer = nextAnswer() else { return }
        let delay = random.number(in: 1000...3_600_000)
        switch answer {
        case .resume:
            agenda.add(.word(.resume), at: now + Int64(delay))
            agenda.add(.word(.abort), at: now + Int64(delay) + 9_000_000)
        case .abort: agenda.add(.word(.abort), at: now + Int64(delay))
        case .promote:
            agenda.add(.word(.promote), at: now + Int64(delay))
            // Where nothing waits for that, somebody lets it go on.
            agenda.add(.word(.resume), at: now + Int64(delay) + 5000)
            agenda.add(.word(.abort), at: now + Int64(delay) + 9_000_000)
        case .retry:
            agenda.add(.word(.retry), at: now + Int64(delay))
            // Where nothing has failed there is nothing to retry, and the rollout still waits.
            agenda.add(.word(.resume), at: now + Int64(delay) + 5000)
            agenda.add(.word(.abort), at: now + Int64(delay) + 9_000_000)
        case .interrupt: add(.operatorAsked(.interrupt, by: "ann"), after: delay)
        }
    }

    private mutating func ask(_ step: VirtualHost.StepName, of name: HostName, deadline: Duration) {
        guard let host = indices[name] else { return }
        var request = Request(id: newID(), name: step)
        let members = scenario.plan.traffic?.members.filter { $0.host == name } ?? []
        for member in members {
            request.weights[member.name] = step.operation == .drain ? 0 : decider.allocation?.weights[member.name] ?? 0
        }
        requests[host] = request
        agenda.add(.delivery(host: host, request: request.id), at: now + Int64(random.number(in: 1...200)))
        agenda.add(.deadline(host: host, request: request.id), at: now + deadline.wholeMilliseconds)
    }

    private mutating func run(_ hook: CoordinatorHook) {
        let hasFailed = random.chance(scenario.hookFailureRate)
        let delay = random.number(in: 10...(random.chance(10) ? 900_000 : 5000))
        add(.hookFinished(hook, hasFailed ? .failed("exit status 1") : .succeeded), after: delay)
    }

    /// What the driver tells the engine about a host, and perhaps tells it again.
    mutating func answer(_ outcome: OperationOutcome, from host: Int) {
        guard let request = requests[host] else { return }
        requests[host] = nil
        let event = Event.operationFinished(request.operation, on: hosts[host].planned.name, outcome)
        if case .repeated(let delay) = hosts[host].faults.replies[request.operation] {
            agenda.add(
                .echo(event, host: host, attempt: request.name.attempt, incarnation: incarnation), at: now + delay)
        }
        take(event)
    }

    mutating func expire(_ id: Int, on host: Int) {
        guard let request = requests[host], request.id == id else { return }
        var kind = request.wasDelivered ? HostFailure.Kind.timedOut : .unreachable
        if case .lost(let said) = hosts[host].faults.replies[request.operation] { kind = said }
        answer(.failed(HostFailure(kind, "no answer within the deadline")), from: host)
    }
}

extension Action {
    fileprivate var ending: Ending? {
        if case .end(let ending) = self { ending } else { nil }
    }

    fileprivate var suspension: Suspension? {
        if case .suspend(let suspension) = self { suspension } else { nil }
    }

    fileprivate var waitReason: String? {
        if case .wait(let reason) = self { reason } else { nil }
    }
}
