import FleetModel
import RolloutEngine

// The promises as numbers, worked out anew from what the user wrote, and the plan held against them.

extension PromiseChecker {
    /// Percentages round to the safe side: out of service down, in service up.
    static func capacityPromise(of request: PlanRequest) -> Int {
        let rolling: Rolling
        switch request.strategy {
        case .rolling(let own): rolling = own
        case .canary(let canary): rolling = canary.rest
        case .abTest(let test): rolling = test.rest
        case .recreate, .blueGreen: return request.hosts.count
        }
        let total = request.hosts.count - rolling.spares.count
        let allowed = rolling.maximumUnavailable.map { part($0, of: total) } ?? max(1, part(.percent(25), of: total))
        guard let healthy = rolling.minimumHealthy else { return allowed }
        let needed =
            switch healthy {
            case .count(let number): min(number, total)
            case .percent(let number): total - total * (100 - number) / 100
            }
        return min(allowed, total - needed)
    }

    private static func part(_ share: Share, of total: Int) -> Int {
        switch share {
        case .count(let number): min(number, total)
        case .percent(let number): total * number / 100
        }
    }

    var parallelismPromise: Int {
        switch request.strategy {
        case .rolling(let rolling): rolling.maximumParallel ?? plan.hosts.count
        case .canary(let canary): canary.rest.maximumParallel ?? plan.hosts.count
        case .abTest(let test): test.rest.maximumParallel ?? plan.hosts.count
        case .recreate, .blueGreen: plan.hosts.count
        }
    }

    /// Why no further host may be started; nil while the budget holds.
    var budgetExcess: String? {
        let failed = hosts.values.filter { $0.countsAsFailed && !$0.isForgiven }
        let changing = hosts.values.count { $0.batch != nil }
        if let budget = request.maximumFailures.rollout, failed.count > Self.part(budget, of: changing) {
            return "\(failed.count) failures, \(budget) allowed"
        }
        guard let budget = request.maximumFailures.batch else { return nil }
        for (batch, names) in plan.batches.enumerated() {
            let count = failed.count { $0.batch == batch }
            if count > Self.part(budget, of: names.count) {
                return "\(count) failures in batch \(batch), \(budget) allowed"
            }
        }
        return nil
    }

    /// The batches hold each host that is to change once, and no other.
    mutating func checkPlan() {
        let planned = plan.batches.flatMap(\.self).sorted()
        let changing = request.hosts.filter { !$0.isOffline && ($0.isSick || $0.currentDigest != request.digest) }.map(
            \.name
        ).sorted()
        if planned != changing, !plan.hosts.contains(where: \.isIdle) {
            violated(.conduct, "the batches are not the hosts that change")
        }
        if plan.batches.contains(where: \.isEmpty) { violated(.conduct, "an empty batch") }
        if plan.policy.maximumUnavailable > maximumUnavailable {
            violated(
                .capacity, "the plan takes \(plan.policy.maximumUnavailable) out, \(maximumUnavailable) are promised")
        }
    }
}
