import FleetModel
import RolloutEngine
import Testing

/// Every fleet of up to six hosts, in racks and not, under many policies and every strategy.
@Suite struct SmallPlanTests {
    @Test(arguments: 0...6)
    func `every plan of a small fleet is certified, and every refusal's remedy works`(size: Int) {
        var number = 0
        for kinds in PlanGallery.fleets(of: size) {
            for racks in [1, 2, 3] where racks <= max(1, size) {
                let hosts = PlanGallery.fleet(kinds, racks: racks)
                for rolling in PlanGallery.rollings {
                    for strategy in PlanGallery.strategies(rolling) {
                        number += 1
                        // Every so many-th case, the fewer the more there are: primes spread them over all.
                        guard number.isMultiple(of: size < 4 ? 1 : size == 4 ? 19 : size == 5 ? 101 : 601) else {
                            continue
                        }
                        for traffic in [nil, PlanGallery.traffic(hosts)] { check(hosts, strategy, traffic) }
                    }
                }
            }
        }
    }

    @Test(arguments: 1...6)
    func `every blue-green plan of small groups is certified`(size: Int) {
        for kinds in PlanGallery.fleets(of: size) {
            let hosts = PlanGallery.fleet(kinds)
            for count in 0...size {
                let (blue, green) = (hosts.prefix(count).map(\.name), hosts.dropFirst(count).map(\.name))
                let strategy = BlueGreen(
                    .groups(blue: blue, green: green), analyses: [AnalysisName("errors")], hasPreview: true,
                    promotesItself: false, scaleDownDelay: count.isMultiple(of: 2) ? .seconds(30) : nil)
                check(hosts, .blueGreen(strategy), PlanGallery.traffic(hosts, idle: Set(green)))
            }
            let instances = BlueGreen(.instances(blue: 8081, green: 8082), analysesAfterSwitch: [AnalysisName("x")])
            check(hosts, .blueGreen(instances), PlanGallery.instances(hosts))
        }
    }

    @Test(arguments: 2...6)
    func `every plan with spares is certified`(size: Int) {
        for kinds in PlanGallery.fleets(of: size) {
            let hosts = PlanGallery.fleet(kinds, racks: 2)
            for count in 1..<size where !kinds.suffix(count).contains("x") {
                let spares = hosts.suffix(count).map(\.name)
                for var rolling in PlanGallery.rollings.prefix(size < 5 ? 4 : 1) {
                    rolling.spares = spares
                    check(hosts, .rolling(rolling), PlanGallery.traffic(hosts, idle: Set(spares)))
                }
            }
        }
    }

    private func check(_ hosts: [PlannedHost], _ strategy: Strategy, _ traffic: TrafficPlan?) {
        var request = Fleet.request(hosts, strategy)
        request.traffic = traffic
        request.rehearsesRollback = hosts.count.isMultiple(of: 2)
        request.schema = SchemaPlan(host: Fleet.name("db"), hooks: [.expand])
        do throws(PlanRefusal) {
            let violations = PlanChecker.violations(in: try request.plan())
            if !violations.isEmpty { Issue.record("\(describe(request)): \(violations)") }
        } catch {
            guard let nearest = error.nearest else {
                if !isRefusedForGood(request) { Issue.record("\(describe(request)): \(error)") }
                return
            }
            request.strategy = nearest
            if let violations = (try? request.plan()).map(PlanChecker.violations(in:)) {
                if !violations.isEmpty { Issue.record("\(describe(request)), nearest: \(violations)") }
            } else {
                Issue.record("\(describe(request)): the remedy does not work: \(error)")
            }
        }
    }

    /// No other capacity helps: balancers that there are not, a canary that shrinks or grows unseen, too few servers.
    private func isRefusedForGood(_ request: PlanRequest) -> Bool {
        switch request.strategy {
        case .blueGreen: true
        case .abTest(let test): request.traffic == nil || test.match != nil && request.hosts.count == 1
        case .canary(let canary): canary.steps.contains(.setWeight(0))
        default: false
        }
    }

    private func describe(_ request: PlanRequest) -> String {
        let kinds = request.hosts.map { host in
            "\(host.isOffline ? "x" : host.isSick ? "s" : host.currentDigest == Fleet.newDigest ? "c" : "o")"
        }
        return "\(kinds.joined()) \(request.hosts.map { $0.domains["rack"] ?? "" }) "
            + "\(request.traffic == nil ? "" : "traffic ")\(request.strategy)"
    }
}
