import FleetModel
import RolloutEngine

/// What is asked of the planners: every policy of the census on every fleet of a size.
public enum PlanCases {
    /// Rolling, canary and a/b, with balancers and without: where nothing is promised about racks, where it is.
    public static func rolling(_ size: Int, _ visit: (PlanRequest) -> Void) {
        for kinds in SmallFleets.kinds(of: size) {
            let anywhere = kinds.map { _ in 0 }
            for rolling in policies(of: size) {
                visitAll(PlanGallery.fleet(kinds, racks: anywhere), rolling, visit)
            }
            for racks in SmallFleets.racks(for: kinds) {
                let hosts = PlanGallery.fleet(kinds, racks: racks)
                for rolling in policiesWithPromises {
                    visitAll(hosts, rolling, visit)
                }
            }
        }
    }

    /// Two groups, cut at every place, and two instances on each host.
    public static func blueGreen(_ size: Int, _ visit: (PlanRequest) -> Void) {
        for kinds in PlanGallery.fleets(of: size) {
            let hosts = PlanGallery.fleet(kinds)
            for count in 0...size {
                let (blue, green) = (hosts.prefix(count).map(\.name), hosts.dropFirst(count).map(\.name))
                let strategy = BlueGreen(
                    .groups(blue: blue, green: green), analyses: [AnalysisName("errors")], hasPreview: true,
                    promotesItself: false, scaleDownDelay: count.isMultiple(of: 2) ? .seconds(30) : nil)
                let traffic = PlanGallery.traffic(hosts, idle: Set(green))
                visit(PlanGallery.request(hosts, .blueGreen(strategy), traffic))
            }
            let instances = BlueGreen(.instances(blue: 8081, green: 8082), analysesAfterSwitch: [AnalysisName("x")])
            visit(PlanGallery.request(hosts, .blueGreen(instances), PlanGallery.instances(hosts)))
        }
    }

    /// Rolling with 1 to all but one of the hosts as spares.
    public static func spares(_ size: Int, _ visit: (PlanRequest) -> Void) {
        guard size > 1 else { return }
        for kinds in PlanGallery.fleets(of: size) {
            let hosts = PlanGallery.fleet(kinds, racks: 2)
            for count in 1..<size where !kinds.suffix(count).contains("x") {
                let spares = hosts.suffix(count).map(\.name)
                for var rolling in PlanGallery.rollings.prefix(4) {
                    rolling.spares = spares
                    let traffic = PlanGallery.traffic(hosts, idle: Set(spares))
                    visit(PlanGallery.request(hosts, .rolling(rolling), traffic))
                }
            }
        }
    }

    private static func visitAll(_ hosts: [PlannedHost], _ rolling: Rolling, _ visit: (PlanRequest) -> Void) {
        let traffic = PlanGallery.traffic(hosts)
        for strategy in PlanGallery.strategies(rolling) {
            visit(PlanGallery.request(hosts, strategy, nil))
            visit(PlanGallery.request(hosts, strategy, traffic))
        }
    }

    // MARK: - Policies

    private static let allStages: [[Share]] = [
        [.count(1)], [.count(2)], [.percent(50)], [.count(1), .percent(100)], [.percent(100)],
    ]

    private static let promises: [[DomainPromise]] = [
        [DomainPromise(label: "rack", maximumDomains: 1)],
        [DomainPromise(label: "rack", maximumUnavailable: 1)],
        [DomainPromise(label: "rack", maximumDomains: 2, maximumUnavailable: 2)],
    ]

    /// Every number of hosts out of service, the default, and a floor under the healthy ones.
    private static func policies(of size: Int) -> [Rolling] {
        let capacities: [(Share?, Share?)] = [(nil, nil), (nil, .count(2))] + (0...size).map { (.count($0), nil) }
        return allStages.flatMap { stages in
            capacities.map { Rolling(stages: stages, maximumUnavailable: $0, minimumHealthy: $1, order: .inventory) }
        }
    }

    /// Promises about racks bite where batches are large and much may be out of service.
    private static let policiesWithPromises: [Rolling] = {
        let capacities: [(Share?, Share?)] = [
            (nil, nil), (nil, .count(2)), (.count(1), nil), (.count(2), nil), (.percent(100), nil),
        ]
        return promises.flatMap { domains in
            capacities.map { unavailable, healthy in
                Rolling(
                    stages: [.count(1), .percent(100)], maximumUnavailable: unavailable, minimumHealthy: healthy,
                    domains: domains, order: .inventory, pauseBetween: .seconds(30))
            }
        }
    }()
}
