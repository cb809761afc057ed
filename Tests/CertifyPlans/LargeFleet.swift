import FleetModel
import PlanCensus
import RolloutEngine

/// A hundred thousand hosts in racks of forty and quorums of five: how long planning takes.
enum LargeFleet {
    private static let size = 100_000

    static func measure() throws {
        let hosts = makeHosts()
        let domains = [
            DomainPromise(label: "rack", maximumDomains: 50), DomainPromise(label: "quorum", maximumUnavailable: 1),
        ]
        let rolling = Rolling(stages: [.count(1), .percent(5)], domains: domains)
        let canary = Canary(steps: [.setCanary(.percent(1)), .setWeight(1), .pause(nil)], rest: Rolling())
        let members = hosts.map { TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 80) }
        let weights = Dictionary(uniqueKeysWithValues: members.map { ($0.name, 100) })
        let traffic = TrafficPlan(
            balancers: hosts.prefix(1).map(\.name), members: members, initial: TrafficAllocation(weights: weights))
        try measure("rolling, racks and quorums", PlanGallery.request(hosts, .rolling(rolling), nil))
        try measure("canary behind balancers", PlanGallery.request(hosts, .canary(canary), traffic))
        let color = BlueGreen.Sides.groups(
            blue: hosts.prefix(size / 2).map(\.name), green: hosts.suffix(size / 2).map(\.name))
        var blueGreen = traffic
        for host in hosts.suffix(size / 2) { blueGreen.initial.weights[host.name.text] = 0 }
        try measure("blue-green", PlanGallery.request(hosts, .blueGreen(BlueGreen(color)), blueGreen))
    }

    private static func measure(_ what: String, _ request: PlanRequest) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let plan = try request.plan()
        let planned = clock.now
        let violations = PlanChecker.violations(in: plan)
        let checked = clock.now
        let summary = PlanSummary(of: plan)
        precondition(violations.isEmpty, "\(violations.prefix(3))")
        print(
            "\(size) hosts, \(what): \(plan.batches.count) batches, \(summary.steps.count) steps; planned in "
                + "\(planned - start), certified in \(checked - planned), summed up in \(clock.now - checked)")
    }

    private static func makeHosts() -> [PlannedHost] {
        (0..<size).compactMap { number in
            HostName("host-\(number)").map {
                PlannedHost(
                    name: $0, current: "1.4.1", currentDigest: PlanGallery.oldDigest, isSick: number % 1000 == 0,
                    domains: ["rack": "r\(number / 40)", "quorum": "q\(number % (size / 5))"])
            }
        }
    }
}
