import FleetModel
import RolloutEngine

// MARK: - The journal

extension Simulation {
    private var instant: RolloutInstant { RolloutInstant(milliseconds: now - awayTime) }

    /// Journals an event, lets the engine see it, and does what it says; or dies on the way.
    mutating func take(_ event: Event) {
        guard coordinator == .driving else { return }
        let crash = scenario.crashes[writes]
        writes += 1
        if crash == .beforeWrite { return die() }
        journal.append((event, instant, nil))
        if case .rolloutResumed = event { suspension = nil }
        note(.handled(event))
        if crash == .afterWrite { return die() }
        let actions = decider.handle(event, at: instant)
        journal[journal.count - 1].actions = actions
        if let request = scenario.requests[journal.count] {
            add(.operatorAsked(request, by: "ann"), after: random.number(in: 0...3000))
        }
        for action in crash == nil ? actions[...] : actions.prefix(actions.count / 2) { perform(action) }
        if crash != nil { die() }
    }

    private mutating func add(_ event: Event, after delay: Int) {
        agenda.add(.news(event, incarnation: incarnation), at: now + Int64(delay))
    }

    private mutating func die() {
        guard coordinator == .driving else { return }
        note(.crashed)
        leave(returningAfter: random.number(in: 100...900_000))
    }

    /// What a driver knows beside the journal goes with it.
    private mutating func leave(returningAfter delay: Int) {
        coordinator = .away(since: now)
        incarnation += 1
        timerGeneration += 1
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
        guard let last = suspension else { return take(.rolloutResumed(by: "takeover")) }
        guard suspensions < scenario.answersToSuspension.count else {
            note(.left)
            coordinator = .over
            return
        }
        suspensions += 1
        note(.did(.suspend(last)))
        if scenario.answersToSuspension[suspensions - 1] == .abort { take(.operatorAsked(.abort, by: "bob")) }
        take(.rolloutResumed(by: "bob"))
    }

    private mutating func rebuild() {
        decider = makeDecider(scenario.plan)
        suspension = nil
        for index in journal.indices {
            if case .rolloutResumed = journal[index].event { suspension = nil }
            let actions = decider.handle(journal[index].event, at: journal[index].instant)
            if let before = journal[index].actions, before != actions { note(.replayDiffered(at: index)) }
            journal[index].actions = actions
            suspension = actions.compactMap(\.suspension).first ?? suspension
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
        case .perform(let operation, let name, let deadline): ask(operation, of: name, deadline: deadline)
        case .runHook(let hook): run(hook)
        case .startTimer(_, let deadline):
            timerGeneration += 1
            agenda.add(.timer(generation: timerGeneration), at: max(now, deadline.milliseconds + awayTime))
        case .cancelTimer: timerGeneration += 1
        case .suspend(let reason):
            suspension = reason
            if coordinator == .driving { leave(returningAfter: random.number(in: 1000...3_600_000)) }
        case .end: coordinator = .over
        }
    }

    private mutating func ask(_ operation: HostOperation, of name: HostName, deadline: Duration) {
        guard let host = indices[name] else { return }
        let request = Request(id: newID(), operation: operation)
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
        if case .repeated(let delay) = hosts[host].faults.replies[request.operation] { add(event, after: Int(delay)) }
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
}
