import FleetModel
import RolloutEngine

// Worlds for a plan that somebody else has made.

extension Scenario {
    /// The plan, and what a person has chosen to go wrong. `seed` draws how long everything takes.
    public init(seed: UInt64, request: PlanRequest, plan: RolloutPlan, faults chosen: ChosenFaults) {
        var random = SplitMix64(seed: seed)
        self.init(seed: seed, request: request, plan: plan, weather: .calm, promotion: chosen.promotion, &random)
        for (index, host) in plan.hosts.enumerated() {
            if chosen.sick.contains(host.name) { faults[index].newRelease = .unhealthy }
            if let slowness = chosen.slowness[host.name] { faults[index].slow(by: slowness) }
            guard let outage = chosen.outages[host.name] else { continue }
            outages[index] = TimedOutage(
                start: outage.start.wholeMilliseconds, end: outage.end?.wholeMilliseconds,
                cutsPower: outage.cutsPower)
        }
        balancerEnds = chosen.balancerEnds.mapValues(\.wholeMilliseconds)
        verdicts = chosen.verdicts
        coordinatorCrash = chosen.coordinatorCrash?.wholeMilliseconds
    }

    /// The plan, and faults of every kind that are drawn from the seed.
    public init(drawnFrom seed: UInt64, request: PlanRequest, plan: RolloutPlan, promotion: Duration?) {
        var random = SplitMix64(seed: seed)
        let weather = random.pick([Weather.calm, .breezy, .breezy, .stormy])
        self.init(seed: seed, request: request, plan: plan, weather: weather, promotion: promotion, &random)
        drawCrashes(&random)
        balancerFaultRate = random.pick([0, 0, 4, 20])
        sicknessRate = random.pick([0, 0, 30])
        hookFailureRate = random.pick([0, 0, 0, 30])
    }

    private init(
        seed: UInt64, request: PlanRequest, plan: RolloutPlan, weather: Weather, promotion: Duration?,
        _ random: inout SplitMix64
    ) {
        (self.seed, self.request, self.plan) = (seed, request, plan)
        faults = plan.hosts.map { _ in
            var own = random.split()
            return HostFaults(random: &own, weather: weather, policy: plan.policy)
        }
        self.random = random.split()
        people = .promoting(after: promotion?.wholeMilliseconds)
    }
}

extension HostFaults {
    fileprivate mutating func slow(by slowness: ChosenFaults.Slowness) {
        durations = durations.mapValues { duration in
            switch slowness {
            case .times(let factor):
                let (product, overflow) = duration.multipliedReportingOverflow(by: Int64(factor))
                return overflow ? Self.maximumDuration : min(product, Self.maximumDuration)
            case .longer(let more):
                return min(duration + min(more.wholeMilliseconds, Self.maximumDuration), Self.maximumDuration)
            }
        }
    }

    /// A year is for ever.
    private static let maximumDuration: Int64 = 365 * 86_400_000
}
