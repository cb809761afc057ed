import FleetModel
import RolloutEngine
import Testing

/// What each kind of step asks for, and what its answers lead to.
@Suite struct StepTests {
    private static let errors = AnalysisName("errors")
    private static let initial = TrafficAllocation(weights: ["a": 100, "b": 100])
    private static let canary = TrafficAllocation(weights: ["a": 5, "b": 100])
    private static let retreat = TrafficAllocation(weights: ["a": 0, "b": 100])

    @Test func `a host behind balancers is drained, changed, and admitted when it is healthy`() {
        var rollout = Self.behindBalancers([.change(batch: 0), .change(batch: 1)])
        rollout.begin()
        #expect(rollout.phase("a") == .draining && rollout.phase("b") == .staged)
        rollout.succeed(.drain, "a")
        #expect(rollout.asked(.activate) == "a")
        rollout.update("a")
        #expect(rollout.asked(.admit) == "a" && rollout.asked(.drain) == "")
        rollout.succeed(.admit, "a")
        #expect(rollout.asked(.drain) == "b")
    }

    @Test func `whoever waits for connections to end has the drain timeout for that`() {
        var plan = Self.plan([.change(batch: 0)])
        let waiting = [HostOperation.drain, .retire]
        let own = waiting.map { plan.deadline(for: $0) }
        plan.traffic = TrafficPlan(balancers: [], members: [], initial: Self.initial, drainTimeout: .seconds(60))
        #expect(waiting.map { plan.deadline(for: $0) } == own.map { $0 + .seconds(60) })
    }

    @Test func `a host that can't be drained keeps its traffic and what it runs`() {
        var rollout = Self.behindBalancers([.change(batch: 0), .change(batch: 1)])
        rollout.begin()
        rollout.fail(.drain, "a", .traffic)
        #expect(rollout.asked(.activate) == "" && rollout.asked(.admit) == "a")
        rollout.succeed(.admit, "a")
        #expect(rollout.asked(.revert) == "" && rollout.asked(.inspect) == "ab")
    }

    @Test func `an analysis is waited for, and a failed one takes the traffic away before the host goes back`() {
        var rollout = Self.untilAnalysis()
        rollout.tell(.analysed(Self.errors, attempt: 2, .failed("5 %")))
        #expect(rollout.shifts == [Self.retreat] && rollout.asked(.revert) == "" && rollout.asked(.drain) == "")
        rollout.tell(.trafficShifted(attempt: 3, .succeeded))
        #expect(rollout.asked(.drain) == "a")
        rollout.succeed(.drain, "a")
        #expect(rollout.asked(.revert) == "a")
    }

    @Test func `an a/b test ends when somebody promotes, whatever is still to be measured`() {
        var plan = Self.plan([.change(batch: 0), .analyse(Self.errors), .pause(nil), .change(batch: 1)])
        plan.strategy = .abTest
        var rollout = Rehearsal(plan)
        rollout.begin()
        rollout.update("a")
        #expect(rollout.engine.isMeasuring)
        rollout.tell(.operatorAsked(.promote, by: "ann"))
        #expect(!rollout.engine.isMeasuring && rollout.asked(.activate) == "b")
    }

    @Test func `an analysis that tells nothing waits for a person, who may promote`() {
        var rollout = Self.untilAnalysis()
        rollout.tell(.analysed(Self.errors, attempt: 2, .inconclusive("too few requests")))
        #expect(rollout.waitReason == "analysis errors is inconclusive: too few requests")
        rollout.tell(.operatorAsked(.promote, by: "ann"))
        #expect(rollout.shifts == [Self.initial])
    }

    @Test func `once the traffic is as it was at first a rollback needs no retreat`() {
        var rollout = Self.untilAnalysis()
        rollout.tell(.analysed(Self.errors, attempt: 2, .successful))
        rollout.tell(.trafficShifted(attempt: 3, .succeeded))
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        #expect(rollout.shifts == [])
    }

    @Test func `a pause without an end waits for a promotion, and for nothing else`() {
        var rollout = Rehearsal(Self.plan([.change(batch: 0), .pause(nil), .change(batch: 1)]))
        rollout.begin()
        rollout.update("a")
        #expect(rollout.waitReason == "waiting to be promoted" && rollout.asked(.activate) == "")
        rollout.tell(.operatorAsked(.resume, by: "ann"))
        #expect(rollout.asked(.activate) == "")
        rollout.tell(.operatorAsked(.promote, by: "ann"))
        #expect(rollout.asked(.activate) == "b")
    }

    @Test func `no host is started while the window is shut`() {
        var rollout = Rehearsal(Self.plan([.change(batch: 0)]) { $0.hasWindow = true })
        rollout.begin()
        #expect(rollout.asked(.activate) == "")
        rollout.tell(.windowChanged(isOpen: true))
        #expect(rollout.asked(.activate) == "a")
    }

    @Test func `a question that nobody answers is answered by the specification`() {
        let response = FailureResponse.ask(timeout: .seconds(60), then: .rollback)
        var rollout = Rehearsal(Self.plan([.change(batch: 0)]) { $0.onFailure = response })
        rollout.begin()
        rollout.fail(.activate, "a")
        #expect(rollout.waitReason == "a failed: it broke" && rollout.asked(.revert) == "")
        rollout.now = rollout.now + .seconds(60)
        rollout.tell(.timerFired(.ask))
        #expect(rollout.asked(.revert) == "a")
    }

    @Test func `a question outlives the pause that it was asked in`() {
        let response = FailureResponse.ask(timeout: .seconds(60), then: .rollback)
        var rollout = Rehearsal(
            Self.plan([.change(batch: 0), .pause(.seconds(30)), .change(batch: 1)]) { $0.onFailure = response })
        rollout.tell(.rolloutStarted)
        rollout.succeed(.stage, "a")
        rollout.update("a")
        rollout.fail(.stage, "b")
        #expect(rollout.waitReason == "b failed: it broke")
        rollout.now = rollout.now + .seconds(30)
        rollout.tell(.timerFired(.pause))
        rollout.now = rollout.now + .seconds(30)
        rollout.tell(.timerFired(.ask))
        #expect(rollout.asked(.revert) == "a")
    }

    @Test func `an analysis that tells nothing while a question is open waits until that is answered`() {
        let response = FailureResponse.ask(timeout: .seconds(60), then: .continue)
        var rollout = Rehearsal(
            Self.plan([.change(batch: 0), .analyse(Self.errors), .change(batch: 1)]) { $0.onFailure = response })
        rollout.tell(.rolloutStarted)
        rollout.succeed(.stage, "a")
        rollout.update("a")
        rollout.fail(.stage, "b")
        rollout.tell(.analysed(Self.errors, attempt: 1, .inconclusive("too few requests")))
        rollout.tell(.operatorAsked(.resume, by: "ann"))
        #expect(rollout.waitReason == "analysis errors is inconclusive: too few requests")
    }

    @Test func `a question that is answered in time is asked no more`() {
        let response = FailureResponse.ask(timeout: .seconds(60), then: .rollback)
        var rollout = Rehearsal(Self.plan([.change(batch: 0), .change(batch: 1)]) { $0.onFailure = response })
        rollout.begin()
        rollout.fail(.activate, "a")
        rollout.tell(.operatorAsked(.skip(Fleet.name("a")), by: "ann"))
        #expect(rollout.asked(.revert) == "a" && rollout.actions.contains(.cancelTimer(.ask)))
        rollout.now = rollout.now + .seconds(60)
        rollout.tell(.timerFired(.ask))
        rollout.succeed(.revert, "a")
        rollout.succeed(.watchReverted, "a")
        #expect(rollout.asked(.activate) == "b" && rollout.engine.failureReason == nil)
    }

    @Test func `a host that was skipped while it is staged is left as it is, and the others go on`() {
        var rollout = Rehearsal(Self.plan([.change(batch: 0), .change(batch: 1)]))
        rollout.tell(.rolloutStarted)
        rollout.succeed(.stage, "b")
        rollout.tell(.operatorAsked(.skip(Fleet.name("a")), by: "ann"))
        #expect(rollout.asked(.activate) == "b")
        rollout.update("b")
        rollout.inspect(new: "b", old: "a")
        rollout.succeed(.finish, "ab")
        #expect(rollout.ending?.verdict == .completeWithDebt)
        #expect(rollout.ending?.hosts.first { $0.name == Fleet.name("a") }?.isSkipped == true)
    }

    @Test func `a rehearsal that fails while somebody has paused the rollout is not gone past`() {
        let steps = [PlanStep.change(batch: 0), .restore(batch: 0), .change(batch: 0), .change(batch: 1)]
        var rollout = Rehearsal(Self.plan(steps) { $0.maximumFailures.rollout = .count(1) })
        rollout.begin()
        rollout.update("a")
        #expect(rollout.asked(.revert) == "a")
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.fail(.revert, "a")
        rollout.tell(.operatorAsked(.resume, by: "ann"))
        #expect(rollout.engine.course != .forward(step: 3) && rollout.asked(.activate) == "")
        #expect(rollout.engine.failureReason == "the rehearsed rollback of a failed: it broke")
    }

    @Test func `what served before is stopped once, and no abort brings it back`() {
        let old = Fleet.name("b")
        var plan = Self.plan([.change(batch: 0), .retire([old])])
        plan.batches = [[Fleet.name("a")]]
        var rollout = Rehearsal(plan)
        rollout.begin()
        rollout.update("a")
        #expect(rollout.asked(.retire) == "b")
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        rollout.succeed(.retire, "b")
        #expect(rollout.asked(.revert) == "" && rollout.asked(.inspect) == "ab")
        rollout.inspect(new: "a", old: "b")
        rollout.succeed(.finish, "ab")
        #expect(rollout.ending?.verdict == .mixed)
        #expect(rollout.ending?.hosts.map(\.state) == [.updated, .retired])
    }

    @Test func `an ending says what the balancers do, and that nobody knows where one does not answer`() {
        for (outcome, traffic) in [
            (TrafficOutcome.succeeded, Ending.Traffic.initial), (.failed("lb is gone"), .unknown("lb is gone")),
        ] {
            var rollout = Self.untilAnalysis()
            rollout.tell(.analysed(Self.errors, attempt: 2, .failed("5 %")))
            rollout.tell(.trafficShifted(attempt: 3, .succeeded))
            for operation in [HostOperation.drain, .revert, .watchReverted, .admit] { rollout.succeed(operation, "a") }
            #expect(rollout.shifts == [Self.initial])
            rollout.inspect(old: "ab")
            for attempt in 4...6 { rollout.tell(.trafficShifted(attempt: attempt, outcome)) }
            rollout.succeed(.finish, "ab")
            #expect(rollout.ending?.traffic == traffic)
            #expect(rollout.ending?.verdict == (traffic == .initial ? .unchanged : .mixed))
        }
    }

    @Test func `no host changes before the schema is expanded, and contracting comes last`() {
        let host = Fleet.name("a")
        var rollout = Rehearsal(
            Self.plan([
                .runSchemaHook(.expand, on: host), .change(batch: 0), .change(batch: 1),
                .runSchemaHook(.contract, on: host),
            ]))
        rollout.begin()
        #expect(rollout.asked(.activate) == "")
        rollout.tell(.schemaHookFinished(.expand, .succeeded))
        #expect(rollout.asked(.activate) == "a")
        rollout.update("a")
        rollout.update("b")
        #expect(rollout.actions.contains(.runSchemaHook(.contract, on: host)))
    }

    @Test func `a release with no way back is not taken back by an abort`() {
        var rollout = Rehearsal(Self.plan([.change(batch: 0), .change(batch: 1)]) { $0.isReversible = false })
        rollout.begin()
        rollout.update("a")
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        rollout.update("b")
        #expect(rollout.asked(.revert) == "")
        #expect(rollout.engine.failureReason?.contains("no way back") == true)
    }

    @Test func `a rehearsal goes forward, back and forward again`() {
        var rollout = Rehearsal(Self.plan([.change(batch: 0), .restore(batch: 0), .change(batch: 0)]))
        rollout.begin()
        rollout.update("a")
        #expect(rollout.asked(.revert) == "a")
        rollout.succeed(.revert, "a")
        rollout.succeed(.watchReverted, "a")
        #expect(rollout.asked(.activate) == "a" && rollout.attempt(.activate) == 2)
    }

    @Test func `a host that is skipped after its rehearsal is not changed again`() {
        var rollout = Rehearsal(
            Self.plan([.change(batch: 0), .restore(batch: 0), .change(batch: 0), .change(batch: 1)]) {
                $0.maximumParallel = 1
            })
        rollout.begin()
        rollout.update("a")
        rollout.tell(.operatorAsked(.pause(), by: "ann"))
        rollout.succeed(.revert, "a")
        rollout.succeed(.watchReverted, "a")
        rollout.tell(.operatorAsked(.skip(Fleet.name("a")), by: "ann"))
        rollout.tell(.operatorAsked(.resume, by: "ann"))
        #expect(rollout.asked(.activate) == "b")
    }

    // MARK: - Rollouts

    /// `a` and `b`, a batch each.
    private static func plan(
        _ steps: [PlanStep], _ adjust: (inout RolloutPolicy) -> Void = { _ in }
    ) -> RolloutPlan {
        var policy = RolloutPolicy(maximumParallel: 10, maximumUnavailable: 1)
        adjust(&policy)
        let names = ["a", "b"].map(Fleet.name)
        return RolloutPlan(
            rollout: Fleet.rollout, service: Fleet.service, release: Fleet.release, digest: Fleet.newDigest,
            strategy: .rolling, hosts: names.map { Fleet.host($0) }, batches: names.map { [$0] }, steps: steps,
            policy: policy)
    }

    @Test func `a host that could not be drained on the way back is said to run well, with traffic unknown`() {
        var rollout = Self.untilAnalysis()
        rollout.tell(.operatorAsked(.abort, by: "ann"))
        rollout.tell(.trafficShifted(attempt: 3, .succeeded))
        rollout.fail(.drain, "a", .traffic)
        rollout.fail(.admit, "a", .traffic)
        rollout.inspect(new: "a", old: "b")
        rollout.tell(.trafficShifted(attempt: 4, .succeeded))
        rollout.succeed(.finish, "ab")
        let host = rollout.ending?.hosts.first
        #expect(host?.name.text == "a" && host?.state == .broken && host?.lacksOnlyTraffic == true)
        #expect(rollout.ending?.hosts.last?.lacksOnlyTraffic == nil)
    }

    private static func behindBalancers(_ steps: [PlanStep]) -> Rehearsal {
        var plan = plan(steps)
        let members = plan.hosts.map { host in
            TrafficMember(name: host.name.text, host: host.name, address: "192.0.2.1", port: 8080)
        }
        plan.traffic = TrafficPlan(
            balancers: [Fleet.name("lb")], members: members, initial: initial, retreat: retreat)
        return Rehearsal(plan)
    }

    /// `a` runs the release and gets a little of the traffic.
    private static func untilAnalysis() -> Rehearsal {
        var rollout = behindBalancers([
            .change(batch: 0), .shiftTraffic(canary), .analyse(errors), .shiftTraffic(initial), .change(batch: 1),
        ])
        rollout.begin()
        rollout.succeed(.drain, "a")
        rollout.update("a")
        rollout.succeed(.admit, "a")
        rollout.tell(.trafficShifted(attempt: 1, .succeeded))
        return rollout
    }
}

extension Rehearsal {
    /// What the last event's actions ask of the balancers.
    fileprivate var shifts: [TrafficAllocation] {
        actions.compactMap { if case .shiftTraffic(let allocation, _) = $0 { allocation } else { nil } }
    }
}
