import FleetModel
import RolloutEngine

/// Small fleets and the strategies to plan with on them.
public enum PlanGallery {
    /// SHA-256 of what an old host runs.
    public static let oldDigest = valid(Digest(hex: String(repeating: "a", count: 64)))
    /// SHA-256 of the release.
    public static let newDigest = valid(Digest(hex: String(repeating: "b", count: 64)))
    private static let release = valid(ReleaseID("1.4.2"))

    /// One host a letter: `o`ld, `s`ick, `c`urrent, `x` offline; they are called `a`, `b`, `c`… and stand in turn in
    /// `racks` racks.
    public static func fleet(_ kinds: some Sequence<Character>, racks: Int = 1) -> [PlannedHost] {
        let kinds = Array(kinds)
        return fleet(kinds, racks: kinds.indices.map { $0 % racks })
    }

    /// `racks`: of each host, the number of its rack.
    static func fleet(_ kinds: [Character], racks: [Int]) -> [PlannedHost] {
        zip("abcdefghijkl", zip(kinds, racks)).map { letter, host in
            let isCurrent = host.0 == "c"
            return PlannedHost(
                name: name(String(letter)), current: isCurrent ? release.text : "1.4.1",
                currentDigest: isCurrent ? newDigest : oldDigest, isSick: host.0 == "s", isOffline: host.0 == "x",
                domains: ["rack": "r\(host.1)"])
        }
    }

    /// With a rehearsal and an expansion of the schema: what holds of the longer plan holds of the one without.
    public static func request(_ hosts: [PlannedHost], _ strategy: Strategy, _ traffic: TrafficPlan?) -> PlanRequest {
        var request = PlanRequest(
            rollout: valid(RolloutID("r-1")), service: valid(ServiceName("shop")), release: release, digest: newDigest,
            hosts: hosts, strategy: strategy)
        request.traffic = traffic
        request.rehearsesRollback = true
        request.schema = SchemaPlan(host: name("db"), hooks: [.expand])
        return request
    }

    static func name(_ text: String) -> HostName { valid(HostName(text)) }

    private static func valid<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a name of the gallery's own is not valid") }
        return value
    }

    /// Every fleet of that size.
    public static func fleets(of size: Int, kinds: [Character] = ["o", "s", "c", "x"]) -> [[Character]] {
        (0..<size).reduce([[]]) { fleets, _ in fleets.flatMap { fleet in kinds.map { fleet + [$0] } } }
    }

    /// Each host is one member, of the same weight but for the idle ones.
    public static func traffic(_ hosts: [PlannedHost], idle: Set<HostName> = []) -> TrafficPlan {
        let members = hosts.map { TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 8080) }
        let weights = members.map { ($0.name, idle.contains($0.host) ? 0 : TrafficAllocation.maximumWeight) }
        return TrafficPlan(
            balancers: [name("lb")], members: members,
            initial: TrafficAllocation(weights: Dictionary(uniqueKeysWithValues: weights)))
    }

    /// Two instances on each host, of which blue has the traffic.
    public static func instances(_ hosts: [PlannedHost]) -> TrafficPlan {
        let members = hosts.flatMap { host in
            [("blue", UInt16(8081)), ("green", 8082)].map { color, port in
                TrafficMember(name: "\(host.name)-\(color)", host: host.name, address: "192.0.2.1", port: port)
            }
        }
        let weights = members.map { ($0.name, $0.port == 8081 ? 100 : 0) }
        return TrafficPlan(
            balancers: [name("lb")], members: members,
            initial: TrafficAllocation(weights: Dictionary(uniqueKeysWithValues: weights)))
    }

    /// Policies that differ in what the planners look at.
    public static let rollings: [Rolling] = {
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

    /// Every strategy that does the rest by that policy.
    public static func strategies(_ rolling: Rolling) -> [Strategy] {
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
