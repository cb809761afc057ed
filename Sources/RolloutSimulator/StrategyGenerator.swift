import FleetModel
import RolloutEngine

/// Draws what people write into a specification, and has the planners make a plan of it.
enum StrategyGenerator {
    /// Nil where a plain plan is meant, or where this fleet admits no such course.
    static func plan(
        _ plain: PlanRequest, _ random: inout SplitMix64
    ) -> (request: PlanRequest, plan: RolloutPlan)? {
        guard case .rolling(let rest) = plain.strategy, random.chance(85) else { return nil }
        var request = plain
        drawPolicy(&request, &random)
        drawStrategy(&request, rest: promising(rest, in: &request, &random), &random)
        guard let plan = try? request.plan() else { return nil }
        return (request, plan)
    }

    private static func drawPolicy(_ request: inout PlanRequest, _ random: inout SplitMix64) {
        request.isReversible = !random.chance(8)
        request.hasWindow = random.chance(15)
        request.rehearsesRollback = random.chance(15)
        if random.chance(20) {
            request.onFailure = .ask(timeout: .seconds(600), then: random.pick([.rollback, .pause, .continue]))
        }
        if random.chance(20), let host = request.hosts.first?.name {
            request.schema = SchemaPlan(host: host, hooks: random.chance(70) ? [.expand, .contract] : [.expand])
        }
    }

    /// Enough room that many fleets admit a course, and perhaps something about racks.
    private static func promising(
        _ rest: Rolling, in request: inout PlanRequest, _ random: inout SplitMix64
    ) -> Rolling {
        var rest = rest
        rest.maximumUnavailable = rest.maximumUnavailable ?? .percent(50)
        rest.pauseBetween = random.chance(20) ? .seconds(30) : .zero
        rest.order = random.pick([.unhealthyFirst, .inventory, .reverse, .shuffle(seed: 7)])
        guard random.chance(30) else { return rest }
        let racks = random.number(in: 1...4)
        for index in request.hosts.indices { request.hosts[index].domains = ["rack": "r\(index % racks)"] }
        rest.domains = [
            DomainPromise(
                label: "rack", maximumDomains: random.chance(60) ? random.number(in: 1...3) : nil,
                maximumUnavailable: random.chance(60) ? random.number(in: 1...3) : nil)
        ]
        return rest
    }

    private static func drawStrategy(_ request: inout PlanRequest, rest: Rolling, _ random: inout SplitMix64) {
        let errors = AnalysisName("errors")
        let promotesItself = random.chance(50)
        // Many fleets admit no canary, and no a/b test.
        switch random.pick([1, 2, 2, 2, 3, 3, 4, 5, 5]) {
        case 1:
            if random.chance(70) { request.traffic = traffic(for: request.hosts, &random) }
            request.strategy = .rolling(rest)
        case 2:
            if random.chance(80) { request.traffic = traffic(for: request.hosts, &random) }
            let steps: [CanaryStep] = [
                .setCanary(.count(random.number(in: 1...2))), .setWeight(random.pick([0, 5, 20])),
                .pause(random.chance(70) ? .seconds(60) : nil), .analysis(errors), .setWeight(30),
                .setCanary(.percent(30)),
            ]
            request.strategy = .canary(Canary(steps: steps, promotesItself: promotesItself, rest: rest))
        case 3:
            request.traffic = traffic(for: request.hosts, &random)
            let match = random.chance(50) ? TrafficRoute.Match.cookie("variant", value: "b") : nil
            request.strategy = .abTest(
                ABTest(hosts: .percent(30), weight: 20, match: match, analyses: [errors], rest: rest))
        case 4: drawSpares(&request, rest, &random)
        default: drawTwoSides(&request, areInstances: random.chance(50), promotesItself: promotesItself, &random)
        }
    }

    private static func drawSpares(_ request: inout PlanRequest, _ rest: Rolling, _ random: inout SplitMix64) {
        var rest = rest
        rest.spares = request.hosts.suffix(random.number(in: 1...2)).map(\.name)
        request.traffic = traffic(for: request.hosts, idle: Set(rest.spares), &random)
        request.strategy = .rolling(rest)
    }

    private static func drawTwoSides(
        _ request: inout PlanRequest, areInstances: Bool, promotesItself: Bool, _ random: inout SplitMix64
    ) {
        let names = request.hosts.map(\.name)
        let blue = Array(names.prefix(names.count / 2))
        let green = Array(names.suffix(names.count - blue.count))
        request.traffic =
            areInstances
            ? instances(of: request.hosts, &random) : traffic(for: request.hosts, idle: Set(green), &random)
        request.strategy = .blueGreen(
            BlueGreen(
                areInstances ? .instances(blue: 8081, green: 8082) : .groups(blue: blue, green: green),
                analyses: random.chance(60) ? [AnalysisName("errors")] : [], hasPreview: random.chance(50),
                promotesItself: promotesItself,
                analysesAfterSwitch: random.chance(40) ? [AnalysisName("after")] : [],
                scaleDownDelay: random.pick([nil, .zero, .seconds(30)])))
    }

    // MARK: - Balancers

    private static func traffic(
        for hosts: [PlannedHost], idle: Set<HostName> = [], _ random: inout SplitMix64
    ) -> TrafficPlan {
        let members = hosts.map { host in
            TrafficMember(name: host.name.text, host: host.name, address: "192.0.2.1", port: 8080)
        }
        return balanced(members, &random) { idle.contains($0.host) ? 0 : 100 }
    }

    private static func instances(of hosts: [PlannedHost], _ random: inout SplitMix64) -> TrafficPlan {
        let members = hosts.flatMap { host in
            [("blue", UInt16(8081)), ("green", 8082)].map { color, port in
                TrafficMember(name: "\(host.name)-\(color)", host: host.name, address: "192.0.2.1", port: port)
            }
        }
        return balanced(members, &random) { $0.port == 8081 ? 100 : 0 }
    }

    private static func balanced(
        _ members: [TrafficMember], _ random: inout SplitMix64, weight: (TrafficMember) -> Int
    ) -> TrafficPlan {
        let weights = members.map { ($0.name, weight($0)) }
        return TrafficPlan(
            balancers: (0..<random.number(in: 1...3)).map(Names.host), members: members,
            initial: TrafficAllocation(weights: Dictionary(weights, uniquingKeysWith: { first, _ in first })))
    }
}
