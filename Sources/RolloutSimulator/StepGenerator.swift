import FleetModel
import RolloutEngine

/// Draws what makes a plain plan a richer one: balancers, canaries, two sides, rehearsals, hooks, hours and domains.
enum StepGenerator {
    static func enrich(_ plan: inout RolloutPlan, _ random: inout SplitMix64) {
        guard plan.strategy == .rolling, !plan.batches.isEmpty else { return }
        drawPolicy(&plan, &random)
        if random.chance(55) { drawTraffic(&plan, &random) }
        if plan.policy.isReversible, !plan.hosts.contains(where: \.isIdle), plan.traffic?.retreat == nil,
            random.chance(20)
        {
            plan.steps.insert(contentsOf: [.change(batch: 0), .restore(batch: 0)], at: 0)
        }
        if random.chance(20), let host = plan.hosts.first?.name {
            plan.steps = [.runSchemaHook(.expand, on: host)] + plan.steps + [.runSchemaHook(.contract, on: host)]
        }
    }

    private static func drawPolicy(_ plan: inout RolloutPlan, _ random: inout SplitMix64) {
        plan.policy.isReversible = !random.chance(8)
        plan.policy.hasWindow = random.chance(15)
        if random.chance(20) {
            plan.policy.onFailure = .ask(timeout: .seconds(600), then: random.pick([.rollback, .pause, .continue]))
        }
        guard random.chance(25) else { return }
        let racks = random.number(in: 1...4)
        for index in plan.hosts.indices { plan.hosts[index].domains = ["rack": "r\(index % racks)"] }
        plan.policy.domains = [
            DomainPromise(
                label: "rack", maximumDomains: random.chance(60) ? random.number(in: 1...2) : nil,
                maximumUnavailable: random.chance(60) ? random.number(in: 1...2) : nil)
        ]
    }

    private static func drawTraffic(_ plan: inout RolloutPlan, _ random: inout SplitMix64) {
        let members = plan.hosts.map { host in
            TrafficMember(name: host.name.text, host: host.name, address: "192.0.2.1", port: 8080)
        }
        let weights = Dictionary(members.map { ($0.name, 100) }, uniquingKeysWith: { first, _ in first })
        plan.traffic = TrafficPlan(
            balancers: (0..<random.number(in: 1...3)).map(Names.host), members: members,
            initial: TrafficAllocation(weights: weights)
        )
        switch random.number(in: 1...3) {
        case 1: drawCanary(&plan, &random)
        case 2: drawTwoSides(&plan, &random)
        default: break
        }
    }

    private static func drawCanary(_ plan: inout RolloutPlan, _ random: inout SplitMix64) {
        let canary = Set(plan.batches[0])
        let out = plan.hosts.count { ($0.isSick || $0.isOffline) && !canary.contains($0.name) }
        guard canary.count + out <= plan.policy.maximumUnavailable, var retreat = plan.traffic?.initial else { return }
        for name in canary { retreat.weights[name.text] = 0 }
        var small = retreat
        for name in canary { small.weights[name.text] = 5 }
        if random.chance(30) {
            small.route = TrafficRoute(.header("X-Try", value: "b"), to: canary.map(\.text).sorted())
        }
        let gate = PlanStep.pause(random.chance(50) ? nil : .seconds(random.number(in: 1...300)))
        let judgement = [PlanStep.shiftTraffic(small), gate, .analyse(AnalysisName("errors"))]
        let whole = PlanStep.shiftTraffic(plan.traffic?.initial ?? small)
        plan.traffic?.retreat = retreat
        plan.steps.insert(contentsOf: judgement + [whole], at: 1)
    }

    /// The hosts that change are idle, and some that do not have the traffic.
    private static func drawTwoSides(_ plan: inout RolloutPlan, _ random: inout SplitMix64) {
        let changing = plan.changedHosts
        let live = Set(changing.prefix(changing.count / 2))
        let idle = changing.filter { !live.contains($0) && plan.host($0)?.isSick == false }
        guard !live.isEmpty, !idle.isEmpty, var traffic = plan.traffic else { return }
        for index in plan.hosts.indices { plan.hosts[index].isIdle = idle.contains(plan.hosts[index].name) }
        for name in idle { traffic.initial.weights[name.text] = 0 }
        var target = traffic.initial
        for name in idle { target.weights[name.text] = 100 }
        for name in live { target.weights[name.text] = 0 }
        var preview = traffic.initial
        preview.route = TrafficRoute(.preview, to: idle.map(\.text))
        traffic.retreat = traffic.initial
        plan.traffic = traffic
        plan.batches = [idle]
        plan.steps = [
            .change(batch: 0), .shiftTraffic(preview), .analyse(AnalysisName("errors")),
            .pause(random.chance(50) ? nil : .seconds(5)), .shiftTraffic(target), .pause(.seconds(30)),
            .analyse(AnalysisName("after")), .retire(live.sorted()),
        ]
    }
}

extension RolloutPlan {
    func host(_ name: HostName) -> PlannedHost? { hosts.first { $0.name == name } }
}
