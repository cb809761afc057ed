import FleetModel
import RolloutEngine

/// Small fleets and the strategies to plan with on them.
enum PlanGallery {
    /// One host a letter: `o`ld, `s`ick, `c`urrent, `x` offline; they are called `a`, `b`, `c`… and stand in turn in
    /// `racks` racks.
    static func fleet(_ kinds: some Sequence<Character>, racks: Int = 1) -> [PlannedHost] {
        zip("abcdefghijkl", kinds).enumerated().map { index, pair in
            var host = Fleet.host(Fleet.name(String(pair.0)), isSick: pair.1 == "s", isCurrent: pair.1 == "c")
            host.isOffline = pair.1 == "x"
            host.domains = ["rack": "r\(index % racks)"]
            return host
        }
    }

    /// Every fleet of that size.
    static func fleets(of size: Int, kinds: [Character] = ["o", "s", "c", "x"]) -> [[Character]] {
        (0..<size).reduce([[]]) { fleets, _ in fleets.flatMap { fleet in kinds.map { fleet + [$0] } } }
    }

    /// Each host is one member, of the same weight but for the idle ones.
    static func traffic(_ hosts: [PlannedHost], idle: Set<HostName> = []) -> TrafficPlan {
        let members = hosts.map { TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 8080) }
        let weights = members.map { ($0.name, idle.contains($0.host) ? 0 : TrafficAllocation.maximumWeight) }
        return TrafficPlan(
            balancers: [Fleet.name("lb")], members: members,
            initial: TrafficAllocation(weights: Dictionary(uniqueKeysWithValues: weights)))
    }

    /// Two instances on each host, of which blue has the traffic.
    static func instances(_ hosts: [PlannedHost]) -> TrafficPlan {
        let members = hosts.flatMap { host in
            [("blue", UInt16(8081)), ("green", 8082)].map { color, port in
                TrafficMember(name: "\(host.name)-\(color)", host: host.name, address: "192.0.2.1", port: port)
            }
        }
        let weights = members.map { ($0.name, $0.port == 8081 ? 100 : 0) }
        return TrafficPlan(
            balancers: [Fleet.name("lb")], members: members,
            initial: TrafficAllocation(weights: Dictionary(uniqueKeysWithValues: weights)))
    }

    static let rollings: [Rolling] = {
        let rack = DomainPromise(label: "rack", maximumDomains: 1)
        let quorum = DomainPromise(label: "rack", maximumUnavailable: 1)
        return [
            Rolling(),
            Rolling(stages: [.count(2)], maximumUnavailable: .count(1), order: .inventory),
            Rolling(stages: [.percent(50)], maximumUnavailable: .percent(50), minimumHealthy: .count(2)),
            Rolling(stages: [.percent(100)], maximumUnavailable: .percent(100), domains: [rack]),
            Rolling(stages: [.count(3)], maximumUnavailable: .count(3), domains: [quorum], order: .reverse),
            Rolling(
                stages: [.count(1), .percent(100)], maximumParallel: 2, maximumUnavailable: .count(4),
                domains: [rack, quorum], order: .shuffle(seed: 7), pauseBetween: .seconds(30)),
            Rolling(maximumUnavailable: .count(0)),
        ]
    }()

    static func strategies(_ rolling: Rolling) -> [Strategy] {
        let name = AnalysisName("errors")
        return [
            .rolling(rolling),
            .canary(
                Canary(
                    steps: [
                        .setCanary(.count(1)), .setWeight(5), .pause(.seconds(60)), .analysis(name),
                        .setCanary(.percent(50)), .setWeight(30),
                    ], promotesItself: false, rest: rolling)),
            .canary(Canary(steps: [.setWeight(20), .pause(nil), .setWeight(50)], rest: rolling)),
            .canary(Canary(steps: [.setCanary(.count(1)), .setWeight(0), .setCanary(.count(2))], rest: rolling)),
            .abTest(ABTest(hosts: .percent(50), weight: 20, analyses: [name], rest: rolling)),
            .abTest(ABTest(hosts: .count(1), match: .header("X-Variant", value: "b"), rest: rolling)),
        ]
    }
}
