import FleetModel

/// One difference between what a plan was made from and what is there now.
public enum PlanDrift: Hashable, Sendable, CustomStringConvertible {
    case specification
    case artifact(planned: Digest, now: Digest)
    case hostAdded(HostName)
    case hostRemoved(HostName)
    /// Its address or variables in the inventory.
    case inventory(HostName)
    /// What it runs; nil: nothing.
    case release(HostName, planned: String?, now: String?)
    case health(HostName, isSick: Bool)
    case reachability(HostName, isOffline: Bool)
    /// Which hosts are balancers.
    case balancers(planned: [HostName], now: [HostName])
    /// What takes requests behind them.
    case members
    case weight(member: String, planned: Int, now: Int)
    case route

    public var description: String {
        switch self {
        case .specification: "the specification has changed"
        case .artifact(let planned, let now): "the artifact is \(now.short), not \(planned.short)"
        case .hostAdded(let name): "\(name) is selected now and was not"
        case .hostRemoved(let name): "\(name) is not selected any more"
        case .inventory(let name): "\(name) has another address or other variables in the inventory"
        case .release(let name, let planned, let now):
            "\(name) runs \(now ?? "nothing"), not \(planned ?? "nothing") as planned"
        case .health(let name, let isSick): "\(name) is \(isSick ? "sick" : "well") now"
        case .reachability(let name, let isOffline): "\(name) \(isOffline ? "can't" : "can") be reached now"
        case .balancers(let planned, let now):
            "the balancers are \(Self.listed(now)), not \(Self.listed(planned))"
        case .members: "the balancers have other servers"
        case .weight(let member, let planned, let now):
            "\(member) has the weight \(now) on the balancers, not \(planned)"
        case .route: "the balancers route other requests apart"
        }
    }

    private static func listed(_ names: [HostName]) -> String {
        names.isEmpty ? "none" : names.map(\.text).joined(separator: ", ")
    }

    /// All differences, those that concern everything first; empty where the plan is still true.
    public static func between(_ planned: PlanInputs, _ now: PlanInputs) -> [Self] {
        var drifts: [Self] = []
        if planned.specification != now.specification { drifts.append(.specification) }
        if planned.artifact != now.artifact { drifts.append(.artifact(planned: planned.artifact, now: now.artifact)) }
        return drifts + hosts(planned, now) + traffic(planned.traffic, now.traffic)
    }

    private static func hosts(_ planned: PlanInputs, _ now: PlanInputs) -> [Self] {
        let before = Dictionary(planned.hosts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(now.hosts.map(\.name))
        var drifts = planned.hosts.filter { !names.contains($0.name) }.map { Self.hostRemoved($0.name) }
        for host in now.hosts {
            guard let known = before[host.name] else {
                drifts.append(.hostAdded(host.name))
                continue
            }
            if planned.inventory[host.name.text] != now.inventory[host.name.text] {
                drifts.append(.inventory(host.name))
            }
            drifts += differences(known, host)
        }
        return drifts
    }

    private static func differences(_ planned: PlannedHost, _ now: PlannedHost) -> [Self] {
        // Of a host out of reach nothing else is known.
        if planned.isOffline != now.isOffline { return [.reachability(now.name, isOffline: now.isOffline)] }
        var drifts: [Self] = []
        if planned.current != now.current || planned.currentDigest != now.currentDigest {
            drifts.append(.release(now.name, planned: planned.current, now: now.current))
        }
        if planned.isSick != now.isSick { drifts.append(.health(now.name, isSick: now.isSick)) }
        return drifts
    }

    private static func traffic(_ planned: TrafficPlan?, _ now: TrafficPlan?) -> [Self] {
        var drifts: [Self] = []
        let (before, after) = (planned?.balancers ?? [], now?.balancers ?? [])
        if Set(before) != Set(after) { drifts.append(.balancers(planned: before, now: after)) }
        if Set(planned?.members ?? []) != Set(now?.members ?? []) { drifts.append(.members) }
        for (member, weight) in (planned?.initial.weights ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let other = now?.initial.weights[member], other != weight else { continue }
            drifts.append(.weight(member: member, planned: weight, now: other))
        }
        if planned?.initial.route != now?.initial.route { drifts.append(.route) }
        return drifts
    }
}
