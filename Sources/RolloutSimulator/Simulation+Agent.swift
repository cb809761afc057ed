import RolloutEngine

// What the hosts' agents do. They finish one step after the other, whether or not a coordinator is there; a host is
// never read in the middle of a switch, so that what it says stays true.

extension Simulation {
    mutating func deliver(_ id: Int, to host: Int) {
        guard let request = requests[host], request.id == id else { return }
        beginOutage(of: host, by: request.operation, isBeforeStart: true)
        if hosts[host].isDown { return }
        requests[host]?.wasDelivered = true
        if request.operation == .drain || request.operation == .admit { return balance(request, host) }
        if request.operation.isStep, let recorded = hosts[host].ledger[request.name] {
            return send(recorded, from: host, to: id)
        }
        if request.operation.isMutation, let problem = drainAgain(host) {
            return send(.failed(HostFailure(.traffic, problem)), from: host, to: id)
        }
        if request.operation.isStep || hosts[host].running?.operation.isMutation == true {
            accept(request.name, on: host)
        } else {
            read(request, of: host)
        }
        beginOutage(of: host, by: request.operation, isBeforeStart: false)
    }

    /// Whoever waits for health, or for bytes, does not keep others from reading what the host runs.
    private mutating func read(_ request: Request, of host: Int) {
        let observation = hosts[host].observation
        if request.operation == .inspect { note(.inspected(hosts[host].planned.name, observation)) }
        send(request.operation == .inspect ? .observed(observation) : .succeeded, from: host, to: request.id)
    }

    private mutating func accept(_ step: VirtualHost.StepName, on host: Int) {
        if hosts[host].running?.name == step || hosts[host].accepted.contains(step) { return }
        if step.operation.isMutation, let given = hosts[host].interrupt() {
            ended(given, on: host, .failed(HostFailure(.interrupted, "given up")))
        }
        hosts[host].accepted.append(step)
        beginNext(on: host)
    }

    private mutating func beginNext(on host: Int) {
        guard hosts[host].running == nil, !hosts[host].accepted.isEmpty else { return }
        let step = hosts[host].accepted.removeFirst()
        let id = newID()
        hosts[host].begin(step, id: id)
        note(.began(step.operation, on: hosts[host].planned.name, attempt: step.attempt))
        agenda.add(.stepEnd(host: host, step: id), at: now + (hosts[host].faults.durations[step.operation] ?? 0))
    }

    private mutating func ended(_ step: VirtualHost.StepName, on host: Int, _ outcome: OperationOutcome) {
        note(.ended(step.operation, on: hosts[host].planned.name, attempt: step.attempt, outcome))
    }

    mutating func endStep(_ id: Int, on host: Int) {
        guard hosts[host].running?.id == id else { return }
        if hosts[host].isFrozen {
            // After the boot the agent takes the step up again.
            if let end = hosts[host].outageEnd { agenda.add(.stepEnd(host: host, step: id), at: end + 1000) }
            return
        }
        guard let (step, outcome) = hosts[host].finishStep() else { return }
        ended(step, on: host, outcome)
        if case .observed(let observation) = outcome { note(.inspected(hosts[host].planned.name, observation)) }
        let faults = hosts[host].faults.at(attempt: step.attempt)
        if step.operation == .watch, outcome == .succeeded, case .dies(let delay) = faults.newRelease {
            agenda.add(.death(host: host), at: now + delay)
        }
        if let request = requests[host], request.name == step { send(outcome, from: host, to: request.id) }
        beginNext(on: host)
    }

    mutating func send(_ outcome: OperationOutcome, from host: Int, to request: Int) {
        agenda.add(.reply(host: host, request: request, outcome), at: now + Int64(random.number(in: 1...200)))
    }

    mutating func reply(_ outcome: OperationOutcome, to id: Int, from host: Int) {
        guard let request = requests[host], request.id == id else { return }
        // The link is gone: the driver asks again when the host is back.
        if hosts[host].isDown { return }
        switch hosts[host].faults.replies[request.operation] {
        case .lost: break
        case .lostOnce where random.chance(70):
            agenda.add(.delivery(host: host, request: id), at: now + Int64(random.number(in: 1000...10_000)))
        default: answer(outcome, from: host)
        }
    }
}

// MARK: - Outages

extension Simulation {
    private mutating func beginOutage(of host: Int, by operation: HostOperation, isBeforeStart: Bool) {
        guard let outage = hosts[host].faults.outage, !hosts[host].hasHadOutage, outage.operation == operation,
            outage.isBeforeStart == isBeforeStart
        else { return }
        hosts[host].hasHadOutage = true
        goDown(host, until: outage.length.map { now + $0 }, cutsPower: outage.cutsPower)
    }

    mutating func goDown(_ host: Int, until end: Int64?, cutsPower: Bool) {
        hosts[host].isDown = true
        hosts[host].hasNoPower = cutsPower
        note(.wentDown(hosts[host].planned.name))
        hosts[host].outageEnd = end
        if let end { agenda.add(.recovery(host: host), at: end) }
    }

    mutating func recover(_ host: Int) {
        hosts[host].isDown = false
        note(.cameUp(hosts[host].planned.name))
        guard let request = requests[host] else { return }
        agenda.add(.delivery(host: host, request: request.id), at: now + Int64(random.number(in: 100...5000)))
    }
}

extension HostOperation {
    /// Done once and recorded; the others are answered afresh.
    var isStep: Bool { ![.inspect, .finish, .drain, .admit].contains(self) }

    var isMutation: Bool { self == .activate || self == .revert }
}
