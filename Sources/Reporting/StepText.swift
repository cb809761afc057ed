import FleetModel
import RolloutEngine

/// A step of a plan, as a person reads it.
public struct StepText: Sendable {
    private let plan: RolloutPlan

    public init(_ plan: RolloutPlan) { self.plan = plan }

    /// One line, without its number.
    public func line(of step: PlanStep) -> String {
        switch step {
        case .change(let batch): "batch \(batch + 1)/\(plan.batches.count): \(hosts(of: batch))"
        case .restore(let batch): "rehearse the way back: \(hosts(of: batch))"
        case .shiftTraffic(let allocation): "traffic: \(Self.shares(of: allocation, plan))"
        case .pause(nil): "pause until promoted"
        case .pause(.some(let duration)): "pause for \(duration.spoken)"
        case .analyse(let name): "analysis \(name)"
        case .runSchemaHook(let hook, let host): "schema hook \(hook.rawValue) on \(host)"
        case .retire(let names): "stop the old release: \(listed(names.map(\.text)))"
        }
    }

    private func hosts(of batch: Int) -> String {
        plan.batches.indices.contains(batch) ? listed(plan.batches[batch].map(\.text)) : "no host"
    }

    /// `5 % to h1, 95 % to h[2-6]; X-Variant: b to h1`. Members with the same share stand together.
    public static func shares(of allocation: TrafficAllocation, _ plan: RolloutPlan) -> String {
        let names = plan.traffic?.members.map(\.name) ?? allocation.weights.keys.sorted()
        let weighted = names.map { (name: $0, weight: allocation.weights[$0] ?? 0) }
        let total = weighted.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return "none to anybody" + routeText(allocation.route) }
        var order: [Int] = []
        for member in weighted where member.weight > 0 && !order.contains(member.weight) { order.append(member.weight) }
        let groups = order.map { weight in
            let members = weighted.filter { $0.weight == weight }.map(\.name)
            return "\(percent(weight * members.count, of: total)) to \(listed(members))"
        }
        return groups.joined(separator: ", ") + routeText(allocation.route)
    }

    private static func percent(_ part: Int, of total: Int) -> String {
        let tenths = (part * 1000 + total / 2) / total
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    private static func routeText(_ route: TrafficRoute?) -> String {
        guard let route else { return "" }
        let requests =
            switch route.match {
            case .header(let name, let value): "\(name): \(value)"
            case .cookie(let name, let value): "cookie \(name)=\(value)"
            case .preview: "the preview address"
            }
        return "; \(requests) to \(listed(route.members))"
    }
}
