import FleetModel
import RolloutEngine

/// How many hosts serve at the worst moment of a run, by what really happened.
///
/// A host serves while it is up, is not being changed, and, behind balancers, at least one of them gives it requests.
public struct ServingHosts: Sendable {
    /// A set of hosts at its worst.
    public struct Level: Hashable, Sendable {
        /// That served, or were meant to, in the beginning.
        public let hosts: Int
        public fileprivate(set) var fewest: Int
        /// When that was first so; virtual milliseconds.
        public fileprivate(set) var time: Int64 = 0
    }

    public private(set) var group: Level
    /// By label and value.
    public private(set) var domains: [String: [String: Level]] = [:]
    private let plan: RolloutPlan
    private let members: [HostName: [String]]
    private var balancers: [TrafficAllocation]
    private var isDown: Set<HostName> = []
    private var isDead: Set<HostName> = []

    init(of scenario: Scenario) {
        plan = scenario.plan
        balancers = scenario.initialBalancers
        members = Dictionary(grouping: plan.traffic?.members ?? [], by: \.host).mapValues { $0.map(\.name) }
        group = Level(hosts: 0, fewest: 0)
        let serving = plan.hosts.filter { plan.traffic == nil ? !$0.isIdle : getsRequests($0.name) }
        group = Level(hosts: serving.count, fewest: serving.count)
        for (label, value) in serving.flatMap(\.domains) {
            let count = serving.count { $0.domains[label] == value }
            domains[label, default: [:]][value] = Level(hosts: count, fewest: count)
        }
    }

    /// `engine`: as it stands after that fact.
    mutating func take(_ record: Trace.Record, _ engine: RolloutEngine) {
        switch record.fact {
        case .wentDown(let name): isDown.insert(name)
        case .cameUp(let name): isDown.remove(name)
        case .died(let name): isDead.insert(name)
        case .began(.activate, let name, _), .began(.revert, let name, _): isDead.remove(name)
        case .balanced(let index, let allocation, _): balancers[index] = allocation
        case .handled: break
        default: return
        }
        count(engine, at: record.time)
    }

    private mutating func count(_ engine: RolloutEngine, at time: Int64) {
        let serving = engine.hosts.filter { serves($0) }.map(\.planned)
        group.keepWorst(serving.count, at: time)
        for (label, levels) in domains {
            let counts = Dictionary(serving.compactMap { $0.domains[label] }.map { ($0, 1) }, uniquingKeysWith: +)
            for value in levels.keys { domains[label]?[value]?.keepWorst(counts[value, default: 0], at: time) }
        }
    }

    private func serves(_ host: HostProgress) -> Bool {
        let name = host.planned.name
        if isDown.contains(name) || isDead.contains(name) { return false }
        guard plan.traffic != nil else { return !host.planned.isIdle && !host.isUnavailable }
        return getsRequests(name) && (host.planned.isIdle || !host.isUnavailable)
    }

    private func getsRequests(_ name: HostName) -> Bool {
        members[name]?.contains { member in balancers.contains { $0.weights[member, default: 0] > 0 } } ?? false
    }
}

extension ServingHosts.Level {
    fileprivate mutating func keepWorst(_ count: Int, at time: Int64) {
        guard count < fewest else { return }
        (fewest, self.time) = (count, time)
    }
}
