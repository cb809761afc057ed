import FleetModel
import RolloutEngine
import Traffic

/// The balancers of a rollout: all of them do what the engine asks, or it is said what is wrong with which.
struct TrafficControl: Sendable {
    private let balancers: Balancers
    private let membersByHost: [HostName: [TrafficMember]]
    /// Of all that took requests before the rollout.
    private let formerPorts: Set<UInt16>
    /// Weights are corrected one host after the other: the correction is made of what was read.
    private let corrections = Slots(count: 1)

    init(_ balancers: [any Balancer], of plan: TrafficPlan) {
        self.balancers = Balancers(balancers, members: plan.members)
        membersByHost = Dictionary(grouping: plan.members, by: \.host)
        formerPorts = Set(plan.members.filter { plan.initial.weights[$0.name, default: 0] > 0 }.map(\.port))
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

    /// Where requests come to the host.
    func ports(of host: HostName) -> Set<UInt16> { Set(members(of: host).map(\.port)) }

    /// Where they came before the rollout: of two instances, those of the one that is relieved.
    func formerPorts(of host: HostName) -> Set<UInt16> { ports(of: host).intersection(formerPorts) }

    private func members(of host: HostName) -> [TrafficMember] { membersByHost[host] ?? [] }

    func shift(to allocation: TrafficAllocation) async throws(TrafficErrors) { try await balancers.apply(allocation) }

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
