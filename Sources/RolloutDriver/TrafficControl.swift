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
    /// Weights are corrected one host after the other: the correction is made of what was read.
    private let corrections = Slots(count: 1)

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
        try await correct(names, TrafficAllocation(weights: [:]))
    }

    /// Gives the host the weights that are meant for it, also where a balancer has been restarted and lost them.
    func admit(_ host: HostName, _ allocation: TrafficAllocation) async throws(TrafficErrors) {
        let names = names(of: host)
        try await balancers.admit(names)
        try await correct(names, allocation)
    }

    private func names(of host: HostName) -> Set<String> { Set(members(of: host, .changing).map(\.name)) }

    private func correct(_ names: Set<String>, _ allocation: TrafficAllocation) async throws(TrafficErrors) {
        guard try await correction(for: names, allocation) != nil else { return }
        do { try await corrections.take() } catch { return }
        defer { corrections.give() }
        if let corrected = try await correction(for: names, allocation) { try await balancers.apply(corrected) }
    }

    /// What is to be applied so that these have their weights, and the others what they have; nil where they do.
    private func correction(
        for names: Set<String>, _ allocation: TrafficAllocation
    ) async throws(TrafficErrors) -> TrafficAllocation? {
        var corrected: TrafficAllocation?
        for state in try await balancers.states().values {
            var wanted = state.allocation
            for name in names { wanted.weights[name] = allocation.weights[name] ?? 0 }
            if wanted.weights != state.allocation.weights { corrected = wanted }
        }
        return corrected
    }
}
