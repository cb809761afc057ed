import FleetModel

/// How many hosts are out of service at the worst moment of a plan that goes well.
public struct PlanCapacity: Hashable, Sendable, Codable {
    /// One set of hosts at its worst.
    public struct Level: Hashable, Sendable, Codable {
        public var hosts: Int
        public var outOfService: Int
        /// At which step that is, counted from 1; nil where it is so from the beginning.
        public var step: Int?

        public var inService: Int { hosts - outOfService }
    }

    /// Of all selected hosts that serve: idle ones are no capacity.
    public var group: Level
    /// By label and value.
    public var domains: [String: [String: Level]] = [:]
    /// On the way back from the last step, without hosts that have failed.
    public var outOnTheWayBack: Int

    public init(of plan: RolloutPlan) {
        var count = CapacityCount(of: plan)
        for number in plan.steps.indices { count.play(number) }
        group = count.group
        domains = count.domains
        outOnTheWayBack = count.outOnTheWayBack
    }
}

/// Plays a plan's steps, and keeps the worst of each moment.
private struct CapacityCount {
    let plan: RolloutPlan
    private(set) var group: PlanCapacity.Level
    private(set) var domains: [String: [String: PlanCapacity.Level]] = [:]
    private(set) var outOnTheWayBack = 0

    private let hosts: [HostName: PlannedHost]
    private let members: [HostName: [String]]
    private var isDown: Set<HostName>
    private var allocation: TrafficAllocation?
    /// By ``allocation``.
    private var isWithoutRequests: Set<HostName> = []

    init(of plan: RolloutPlan) {
        self.plan = plan
        let serving = plan.hosts.filter { !$0.isIdle }
        hosts = Dictionary(serving.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        members = Dictionary(grouping: plan.traffic?.members ?? [], by: \.host).mapValues { $0.map(\.name) }
        isDown = Set(serving.filter { $0.isSick || $0.isOffline }.map(\.name))
        allocation = plan.traffic?.initial
        group = PlanCapacity.Level(hosts: serving.count, outOfService: 0)
        for host in serving {
            for (label, value) in host.domains {
                let level = PlanCapacity.Level(hosts: 0, outOfService: 0)
                domains[label, default: [:]][value, default: level].hosts += 1
            }
        }
        keepWorst(of: isDown, joinedBy: [], atMost: 0, step: nil)
        if let retreat = plan.traffic?.retreat, plan.strategy != .blueGreen {
            outOnTheWayBack = withoutRequests(by: retreat).union(isDown.subtracting(plan.changedHosts)).count
        } else {
            outOnTheWayBack = min(hosts.count, plan.policy.maximumUnavailable, max(isDown.count, parallelBack))
        }
    }

    private var parallelBack: Int { plan.changedHosts.count { hosts[$0] != nil } }

    mutating func play(_ number: Int) {
        switch plan.steps[number] {
        case .change(let batch), .restore(let batch): change(plan.batches[batch], step: number + 1)
        case .shiftTraffic(let next):
            allocation = next
            isWithoutRequests = withoutRequests(by: next)
            guard plan.strategy != .blueGreen else { return }
            keepWorst(of: isDown.union(isWithoutRequests), joinedBy: [], atMost: 0, step: number + 1)
        case .pause, .analyse, .runSchemaHook, .retire: break
        }
    }

    private mutating func change(_ batch: [HostName], step: Int) {
        let out = isDown.union(isWithoutRequests)
        let isHelped = plan.policy.surge > 0 && allocation != plan.traffic?.initial
        let room = plan.policy.maximumUnavailable + (isHelped ? plan.policy.surge : 0) - out.count
        let going = batch.filter { hosts[$0] != nil && !out.contains($0) }
        let count = max(0, min(room, plan.policy.maximumParallel, going.count))
        keepWorst(of: out, joinedBy: going, atMost: count, step: step)
        isDown.subtract(batch)
    }

    /// Hosts that had requests in the beginning.
    private func withoutRequests(by next: TrafficAllocation) -> Set<HostName> {
        guard let initial = plan.traffic?.initial else { return [] }
        let names = hosts.keys.filter { host in
            guard let members = members[host] else { return false }
            let had = members.contains { initial.weights[$0, default: 0] > 0 }
            return had && members.allSatisfy { next.weights[$0, default: 0] == 0 }
        }
        return Set(names)
    }

    private mutating func keepWorst(of out: Set<HostName>, joinedBy going: [HostName], atMost count: Int, step: Int?) {
        group.keepWorst(out.count + count, at: step)
        for (label, levels) in domains {
            let promised = plan.policy.domains.compactMap { $0.label == label ? $0.maximumUnavailable : nil }.min()
            let down = Dictionary(out.compactMap { hosts[$0]?.domains[label] }.map { ($0, 1) }, uniquingKeysWith: +)
            let joining = Dictionary(
                going.compactMap { hosts[$0]?.domains[label] }.map { ($0, 1) }, uniquingKeysWith: +)
            for value in levels.keys where down[value] != nil || joining[value] != nil {
                let before = down[value, default: 0]
                let room = promised.map { max(0, $0 - before) } ?? count
                let worst = before + min(joining[value, default: 0], count, room)
                domains[label]?[value]?.keepWorst(worst, at: step)
            }
        }
    }
}

extension PlanCapacity.Level {
    fileprivate mutating func keepWorst(_ count: Int, at step: Int?) {
        guard count > outOfService else { return }
        (outOfService, self.step) = (count, step)
    }
}
