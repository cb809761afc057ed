import FleetModel
import RolloutEngine
import RolloutSimulator
import Testing

/// Who checks the checker: engines with a bug, each of which must be found within the seeds that CI runs.
@Suite struct PlantedBugTests {
    /// Takes one host more out of service than was promised.
    @Test func `an engine that starts one host too many is found`() {
        let found = promisesBroken { plan in
            var greedy = plan
            greedy.policy.maximumUnavailable += 1
            return RolloutEngine(plan: greedy)
        }
        #expect(found.contains(.capacity))
    }

    /// Takes the second batch for a part of the first.
    @Test func `an engine that does not wait for a batch to pass is found`() {
        let found = promisesBroken { plan in
            var hasty = plan
            if hasty.batches.count > 1 { hasty.batches[0] += hasty.batches.remove(at: 1) }
            hasty.steps = hasty.batches.indices.map { .change(batch: $0) }
            return RolloutEngine(plan: hasty)
        }
        #expect(found.contains(.batchOrder))
    }

    @Test func `an engine that forgets to roll one changed host back is found`() {
        #expect(promisesBroken { ForgetfulDecider(plan: $0) }.contains(.restoration))
    }

    @Test func `an engine that calls a failed rollout complete is found`() {
        #expect(promisesBroken { BoastfulDecider(plan: $0) }.contains(.truthfulEnding))
    }

    @Test func `an engine that forgets to retry is found`() {
        #expect(isFound(.retry) { DeafDecider(plan: $0) })
    }

    @Test func `an engine that starts hosts though it was paused is found`() {
        #expect(promisesBroken { RestlessDecider(plan: $0) }.contains(.conduct))
    }

    @Test func `an engine that retries unasked is found`() {
        #expect(promisesBroken { EagerDecider(plan: $0) }.contains(.conduct))
    }

    @Test func `an engine that changes hosts in the middle of their traffic is found`() {
        let found = promisesBroken { plan in
            MeddlingDecider(plan: plan) { action in
                guard case .perform(.drain, let name, _, _) = action else { return nil }
                return .operationFinished(.drain, on: name, .succeeded)
            }
        }
        #expect(found.contains(.traffic))
    }

    @Test func `an engine that believes a balancer which refused is found`() {
        let found = promisesBroken { plan in
            MeddlingDecider(plan: plan) { event in
                switch event {
                case .trafficShifted(let attempt, .failed): .trafficShifted(attempt: attempt, .succeeded)
                case .operationFinished(.drain, let name, .failed): .operationFinished(.drain, on: name, .succeeded)
                default: event
                }
            }
        }
        #expect(found.contains(.traffic))
    }

    @Test func `an engine that promotes by itself is found`() {
        let found = promisesBroken { plan in
            MeddlingDecider(plan: plan) { action in
                guard case .wait = action else { return nil }
                return .operatorAsked(.promote, by: "nobody")
            }
        }
        #expect(found.contains(.gate))
    }

    @Test func `an engine that starts hosts outside the allowed hours is found`() {
        let found = promisesBroken { plan in
            MeddlingDecider(plan: plan) { event in
                if case .windowChanged = event { .windowChanged(isOpen: true) } else { event }
            }
        }
        #expect(found.contains(.hours))
    }

    @Test func `an engine that changes hosts before the schema is ready is found`() {
        let found = promisesBroken { plan in
            MeddlingDecider(plan: plan) { action in
                guard case .runSchemaHook(.expand, _) = action else { return nil }
                return .schemaHookFinished(.expand, .succeeded)
            }
        }
        #expect(found.contains(.schema))
    }

    @Test func `an engine that knows no domains is found`() {
        let found = promisesBroken { plan in
            var blind = plan
            blind.policy.domains = []
            return RolloutEngine(plan: blind)
        }
        #expect(found.contains(.domains))
    }

    @Test func `an engine that takes every analysis for good is found`() {
        let found = promisesBroken { plan in
            MeddlingDecider(plan: plan) { event in
                guard case .analysed(let name, let attempt, _) = event else { return event }
                return .analysed(name, attempt: attempt, .successful)
            }
        }
        #expect(found.contains(.gate))
    }

    @Test func `an engine that takes one promotion for every gate is found`() {
        #expect(isFound(.gate) { CredulousDecider(plan: $0) })
    }

    @Test func `an engine that takes an analysis without data for good is found`() {
        let isFound = isFound(.gate) { plan in
            MeddlingDecider(plan: plan) { event in
                guard case .analysed(let name, let attempt, .error) = event else { return event }
                return .analysed(name, attempt: attempt, .successful)
            }
        }
        #expect(isFound)
    }

    @Test func `an engine that takes hosts back before their traffic is found`() {
        let isFound = isFound(.retreat) { plan in
            MeddlingDecider(plan: plan) { action in
                guard case .shiftTraffic(let allocation, let attempt) = action, allocation == plan.traffic?.retreat
                else { return nil }
                return .trafficShifted(attempt: attempt, .succeeded)
            }
        }
        #expect(isFound)
    }

    @Test func `an engine that says the traffic is as it was is found`() {
        #expect(isFound(.allocation) { ComplacentDecider(plan: $0) })
    }

    @Test func `an engine that leaves out the rehearsal is found`() {
        let isFound = isFound(.rehearsal) { plan in
            var bold = plan
            bold.steps.removeAll { if case .restore = $0 { true } else { false } }
            return RolloutEngine(plan: bold)
        }
        #expect(isFound)
    }

    @Test func `an engine that takes hosts back from a release without a way back is found`() {
        let isFound = isFound(.reversal) { plan in
            var timid = plan
            timid.policy.isReversible = true
            return RolloutEngine(plan: timid)
        }
        #expect(isFound)
    }

    @Test func `an engine that starts a host which was skipped is found`() {
        let isFound = isFound(.skip) { plan in
            MeddlingDecider(plan: plan) { event in
                guard case .operatorAsked(.skip, let person) = event else { return event }
                return .operatorAsked(.promote, by: person)
            }
        }
        #expect(isFound)
    }

    @Test func `an engine that contracts the schema on its way back is found`() {
        #expect(isFound(.schema) { HastyDecider(plan: $0) })
    }

    /// Within the seeds that CI runs.
    private func isFound(_ promise: Violation.Promise, _ makeDecider: @escaping (RolloutPlan) -> any RolloutDecider)
        -> Bool
    {
        (UInt64(1)...3000).contains { seed in
            guard let scenario = try? Scenario(seed: seed) else { return false }
            let trace = Simulation.trace(of: scenario, makeDecider: makeDecider)
            return PromiseChecker.violations(in: trace, of: scenario).contains { $0.promise == promise }
        }
    }

    private func promisesBroken(
        by makeDecider: @escaping (RolloutPlan) -> any RolloutDecider
    ) -> Set<Violation.Promise> {
        var found: Set<Violation.Promise> = []
        for seed in UInt64(1)...200 {
            guard let scenario = try? Scenario(seed: seed) else { continue }
            let trace = Simulation.trace(of: scenario, makeDecider: makeDecider)
            found.formUnion(PromiseChecker.violations(in: trace, of: scenario).map(\.promise))
        }
        return found
    }
}

/// An engine, and something wrong beside it.
private protocol BuggyDecider: RolloutDecider {
    var engine: RolloutEngine { get }
}

extension BuggyDecider {
    var allocation: TrafficAllocation? { engine.allocation }

    var gate: Gate? { engine.gate }
}

/// Hears other events than there are, or answers its own actions without doing them.
private struct MeddlingDecider: BuggyDecider {
    var engine: RolloutEngine
    let hear: (Event) -> Event
    let answer: (Action) -> Event?

    init(plan: RolloutPlan, answer: @escaping (Action) -> Event?) {
        (engine, hear, self.answer) = (RolloutEngine(plan: plan), { $0 }, answer)
    }

    init(plan: RolloutPlan, hear: @escaping (Event) -> Event) {
        (engine, self.hear, answer) = (RolloutEngine(plan: plan), hear, { _ in nil })
    }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        var actions = engine.handle(hear(event), at: now)
        var next = 0
        while next < actions.count {
            if let event = answer(actions[next]) {
                actions.remove(at: next)
                actions += engine.handle(event, at: now)
            } else {
                next += 1
            }
        }
        return actions
    }
}

/// Takes the first host of its rollback for restored, without asking it.
private struct ForgetfulDecider: BuggyDecider {
    var engine: RolloutEngine
    var forgotten: HostName?

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        var kept: [Action] = []
        for action in engine.handle(event, at: now) {
            if case .perform(.revert, let name, _, _) = action, forgotten == nil || forgotten == name {
                forgotten = name
                kept += engine.handle(.operationFinished(.revert, on: name, .succeeded), at: now)
            } else {
                kept.append(action)
            }
        }
        return kept
    }
}

/// Says `complete` wherever the rollout did not fail.
private struct BoastfulDecider: BuggyDecider {
    var engine: RolloutEngine

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        engine.handle(event, at: now).map { action in
            guard case .end(var ending) = action, ending.reason == nil else { return action }
            ending.verdict = .complete
            return .end(ending)
        }
    }
}

/// Does not hear that the failed hosts are to be retried.
private struct DeafDecider: BuggyDecider {
    var engine: RolloutEngine

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        if case .operatorAsked(.retry, _) = event { return [] }
        return engine.handle(event, at: now)
    }
}

/// Does not hear that it is to pause.
private struct RestlessDecider: BuggyDecider {
    var engine: RolloutEngine

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        if case .operatorAsked(.pause, _) = event { return [] }
        return engine.handle(event, at: now)
    }
}

/// Retries hosts that nobody asked to be retried: each failed watch is followed by another attempt.
private struct EagerDecider: BuggyDecider {
    var engine: RolloutEngine

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        let actions = engine.handle(event, at: now)
        guard case .operationFinished(.watch, _, .failed) = event else { return actions }
        return actions + engine.handle(.operatorAsked(.retry, by: "nobody"), at: now)
    }
}

/// Promotes by itself once it has been promoted.
private struct CredulousDecider: BuggyDecider {
    var engine: RolloutEngine
    var hasPromoted = false

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        let wasWaiting = engine.gate == .promotion
        var actions = engine.handle(event, at: now)
        if case .operatorAsked(.promote, _) = event, wasWaiting { hasPromoted = true }
        guard hasPromoted, engine.gate == .promotion else { return actions }
        actions.removeAll { if case .wait = $0 { true } else { false } }
        return actions + engine.handle(.operatorAsked(.promote, by: "nobody"), at: now)
    }
}

/// Says in the end that the balancers do what they did before.
private struct ComplacentDecider: BuggyDecider {
    var engine: RolloutEngine

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        engine.handle(event, at: now).map { action in
            guard case .end(var ending) = action, ending.traffic == .target else { return action }
            ending.traffic = .initial
            return .end(ending)
        }
    }
}

/// Runs the contract hook as soon as it goes back.
private struct HastyDecider: BuggyDecider {
    var engine: RolloutEngine
    var hasContracted = false

    init(plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    mutating func handle(_ event: Event, at now: RolloutInstant) -> [Action] {
        let actions = engine.handle(event, at: now)
        guard engine.course == .rollingBack, !hasContracted, let host = engine.plan.hosts.first?.name else {
            return actions
        }
        hasContracted = true
        return actions + [.runSchemaHook(.contract, on: host)]
    }
}
