import FleetModel

/// What a plan does that is allowed, and that whoever begins it should know.
public struct PlanWarning: Hashable, Sendable, Codable {
    /// Counted from 1; nil: the plan as a whole.
    public var step: Int?
    public var problem: String
    public var hint: String

    /// Twice what a server is used to is more than most fleets keep in reserve.
    static let maximumLoad = 2.0

    static func warnings(of plan: RolloutPlan) -> [Self] {
        overloads(of: plan) + (isOneWay(plan) ? [oneWay] : [])
    }

    // MARK: - Load

    /// A share of the traffic that is large beside the number of hosts that get it; of equal steps, the worst.
    private static func overloads(of plan: RolloutPlan) -> [Self] {
        guard let traffic = plan.traffic, plan.strategy != .blueGreen else { return [] }
        let worst = plan.steps.enumerated().compactMap { number, step in
            if case .shiftTraffic(let next) = step { Overload(next, traffic, step: number + 1) } else { nil }
        }.max { $0.load < $1.load }
        guard let worst, worst.load > maximumLoad else { return [] }
        return [worst.warning]
    }

    /// The member that gets most, beside what it got in the beginning.
    private struct Overload {
        let step: Int
        let load: Double
        private let member: String
        private let part: Double
        /// How many members must take that part of the traffic, so that none gets more than is bearable.
        private let enough: Int

        init?(_ next: TrafficAllocation, _ traffic: TrafficPlan, step: Int) {
            let (before, after) = (Self.sum(traffic.initial), Self.sum(next))
            let known = traffic.initial.weights.filter { $0.value > 0 }
            guard before > 0, after > 0 else { return nil }
            let load = { (name: String, weight: Int) in
                Double(next.weights[name, default: 0]) / after * before / Double(weight)
            }
            let loads = known.map { (name: $0.key, load: load($0.key, $0.value)) }
            guard let most = loads.max(by: { ($0.load, $1.name) < ($1.load, $0.name) }) else { return nil }
            let busy = Set(loads.filter { $0.load > maximumLoad }.map(\.name))
            let part = next.share(of: busy)
            self.step = step
            self.load = most.load
            self.part = part
            member = most.name
            enough = min(known.count, Int((part * Double(known.count) / maximumLoad).rounded(.up)))
        }

        var warning: PlanWarning {
            let times = load.rounded(.down) == load ? "\(Int(load))" : "\((load * 10).rounded() / 10)"
            let percent = Int((part * 100).rounded())
            return PlanWarning(
                step: step,
                problem: "\(member) gets \(times) times its usual share of the traffic in step \(step)",
                hint: "for \(percent)% of the traffic bring the release to \(enough) hosts, "
                    + "or give it less of the traffic")
        }

        private static func sum(_ allocation: TrafficAllocation) -> Double {
            allocation.weights.values.reduce(0) { $0 + Double($1) }
        }
    }

    // MARK: - The way back

    private static func isOneWay(_ plan: RolloutPlan) -> Bool { !plan.policy.isReversible && !plan.batches.isEmpty }

    private static let oneWay = Self(
        step: nil, problem: "nothing is rolled back: a failure pauses, and an abort leaves the hosts as they are",
        hint: "that is what 'reversible: false' asks for")
}
