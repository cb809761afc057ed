import FleetModel
import RolloutEngine
import Traffic

/// The balancers of a rollout: all of them do what the engine asks, or it is said what is wrong with which.
struct TrafficControl: Sendable {
    private let balancers: Balancers
    private let membersByHost: [HostName: [TrafficMember]]
    /// Weights are corrected one host after the other: the correction is made of what was read.
    private let corrections = Slots(count: 1)

    init(_ balancers: [any Balancer], of plan: TrafficPlan) {
        self.balancers = Balancers(balancers, members: plan.members)
        membersByHost = Dictionary(grouping: plan.members, by: \.host)
    }

    /// Nil without balancers.
    static func make(
        of job: RolloutJob, on host: (HostName) -> any BalancerHost
    ) -> Result<TrafficControl, TrafficError>? {
        guard let recipe = job.traffic, let plan = job.plan.traffic else { return nil }
        do throws(TrafficError) {
            return .success(TrafficControl(try recipe.makeBalancers(for: plan.members, on: host), of: plan))
        } catch { return .failure(error) }
    }

    /// What of the host takes requests.
    func members(of host: HostName) -> [TrafficMember] { membersByHost[host] ?? [] }

    func shift(to allocation: TrafficAllocation) async throws(TrafficErrors) { try await balancers.apply(allocation) }

    /// Every balancer says so.
    func isDrained(_ host: HostName) async throws(TrafficErrors) -> Bool {
        let names = names(of: host)
        return try await balancers.states().values.allSatisfy { state in
            names.allSatisfy { state.members[$0].map { $0.isDrained || $0.condition == .maintenance } ?? true }
        }
    }

    /// Idempotent, and read back from every balancer.
    func drain(_ host: HostName) async throws(TrafficErrors) { try await balancers.drain(names(of: host)) }

    /// Gives the host the weights that are meant for it, also where a balancer has been restarted and lost them.
    func admit(_ host: HostName, _ allocation: TrafficAllocation) async throws(TrafficErrors) {
        let names = names(of: host)
        try await balancers.admit(names)
        guard try await correction(for: names, allocation) != nil else { return }
        do { try await corrections.take() } catch { return }
        defer { corrections.give() }
        if let corrected = try await correction(for: names, allocation) { try await balancers.apply(corrected) }
    }

    private func names(of host: HostName) -> Set<String> { Set(members(of: host).map(\.name)) }

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
