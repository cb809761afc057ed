import FleetModel
import RolloutEngine
import Traffic

/// The balancers of a rollout: all of them do what the engine asks, or it is said what is wrong with which.
struct TrafficControl: Sendable {
    private let balancers: Balancers
    private let membersByHost: [HostName: [TrafficMember]]
    private let initial: TrafficAllocation
    /// The hosts of which what changes takes no traffic as a rule.
    private let idle: Set<HostName>

    /// Of the instances of a host.
    enum Side {
        /// What gets the release: all there is, or the idle one of two.
        case changing
        /// What served before: all there is, or the other one of two.
        case previous
    }

    /// `settleTimeout`: how long a balancer may take until it does what is wanted.
    init(
        _ balancers: [any Balancer], of plan: TrafficPlan, idle: Set<HostName> = [],
        settleTimeout: Duration = .seconds(30)
    ) {
        self.balancers = Balancers(balancers, members: plan.members, settleTimeout: settleTimeout)
        membersByHost = Dictionary(grouping: plan.members, by: \.host)
        (initial, self.idle) = (plan.initial, idle)
    }

    /// Nil without balancers.
    static func make(
        of job: RolloutJob, on host: (HostName) -> any BalancerHost
    ) -> Result<TrafficControl, TrafficError>? {
        guard let recipe = job.traffic, let plan = job.plan.traffic else { return nil }
        do throws(TrafficError) {
            let idle = Set(job.plan.hosts.filter(\.isIdle).map(\.name))
            let balancers = try recipe.makeBalancers(for: plan.members, on: host)
            return .success(TrafficControl(balancers, of: plan, idle: idle))
        } catch { return .failure(error) }
    }

    /// What of the host takes requests. Of two instances, the one that served in the beginning is not what changes.
    func members(of host: HostName, _ side: Side) -> [TrafficMember] {
        let members = membersByHost[host] ?? []
        guard idle.contains(host) else { return members }
        return members.filter { (initial.weights[$0.name, default: 0] > 0) == (side == .previous) }
    }

    /// What the balancers have to do with these members now.
    func use(of members: [TrafficMember]) async -> MemberUse { await balancers.use(of: Set(members.map(\.name))) }

    /// What is idle is never drained, so nobody would admit it either.
    func shift(to allocation: TrafficAllocation) async throws(TrafficErrors) {
        let unattended = idle.flatMap { members(of: $0, .changing) }.map(\.name)
        try await balancers.apply(allocation, unattended: Set(unattended))
    }

    /// Every balancer says that what changes on the host gets nothing new.
    func isSetAside(_ host: HostName) async throws(TrafficErrors) -> Bool {
        let (names, isIdle) = (names(of: host), idle.contains(host))
        return try await balancers.states().values.allSatisfy { state in
            names.compactMap { state.members[$0] }.allSatisfy { member in
                member.isDrained || member.condition == .maintenance || (isIdle && member.weight == 0)
            }
        }
    }

    /// Idempotent, and read back from every balancer. What is idle has no share, unless a balancer has been restarted
    /// and lost that.
    func setAside(_ host: HostName) async throws(TrafficErrors) {
        let names = names(of: host)
        guard idle.contains(host) else { return try await balancers.drain(names) }
        try await weigh(names, TrafficAllocation(weights: [:]))
    }

    /// Right before what served on the host is stopped: a balancer that was restarted since the switch shares out by
    /// its configuration, and is told the allocation again.
    func takeOver(from host: HostName, by allocation: TrafficAllocation) async throws(TrafficErrors) {
        let names = members(of: host, .previous).map(\.name)
        let stillServes = try await balancers.states().values.contains { state in
            names.contains { state.members[$0].map { $0.weight > 0 } ?? false }
        }
        if stillServes { try await balancers.apply(allocation) }
    }

    /// Gives the host the weights that are meant for it, also where a balancer has been restarted and lost them.
    func admit(_ host: HostName, _ allocation: TrafficAllocation) async throws(TrafficErrors) {
        let names = names(of: host)
        try await balancers.admit(names)
        try await weigh(names, allocation)
    }

    private func names(of host: HostName) -> Set<String> { Set(members(of: host, .changing).map(\.name)) }

    private func weigh(_ names: Set<String>, _ allocation: TrafficAllocation) async throws(TrafficErrors) {
        let weights = Dictionary(uniqueKeysWithValues: names.map { ($0, allocation.weights[$0, default: 0]) })
        let isForgotten = try await balancers.states().values.contains { state in
            weights.contains { state.members[$0.key].map(\.weight) != $0.value }
        }
        if isForgotten { try await balancers.weigh(weights) }
    }
}
