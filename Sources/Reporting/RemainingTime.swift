import FleetModel
import RolloutEngine

/// How long the rest will take, if it goes on as it went.
///
/// The hosts of a batch go at once, as many as the policy lets, so that time goes with such waves and not with hosts.
struct RemainingTime: Sendable {
    /// The waves that one host of this batch stands for.
    private let weights: [HostName: Double]
    private var doneWaves = 0.0
    /// What a wave takes, measured when a whole one was over: within a wave its hosts are all nearly done, or none is.
    private var pace: Duration?
    private let goesOnAsItWent: Bool

    init(_ plan: RolloutPlan) {
        // Pauses, analyses and a rehearsal take time of their own, that what is over says nothing of.
        goesOnAsItWent =
            [.rolling, .recreate].contains(plan.strategy)
            && plan.steps.allSatisfy { if case .restore = $0 { false } else { true } }
        let parallel = max(1, min(plan.policy.maximumParallel, plan.policy.maximumUnavailable))
        weights = Dictionary(
            plan.batches.flatMap { batch in
                let waves = (batch.count + parallel - 1) / parallel
                return batch.map { ($0, Double(waves) / Double(batch.count)) }
            }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// The host has been healthy or has failed, `now` after this coordinator began.
    mutating func note(_ host: HostName, at now: Duration) {
        let before = doneWaves
        doneWaves += weights[host] ?? 0
        if Int(doneWaves + Self.roundingError) > Int(before + Self.roundingError) { pace = now / doneWaves }
    }

    /// Nil before the first wave is over, where the estimate has been wrong, and for plans of more than batches.
    func estimate(_ hosts: [HostProgress], at now: Duration) -> Duration? {
        guard goesOnAsItWent, let pace else { return nil }
        let left = hosts.reduce(0.0) { sum, host in
            let isAhead = [.waiting, .staging, .staged, .draining, .activating, .watching].contains(host.phase)
            return isAhead ? sum + (weights[host.planned.name] ?? 0) : sum
        }
        let end = pace * (doneWaves + left)
        return left > 0 && end > now ? end - now : nil
    }

    /// Of sums of weights such as 1/3.
    private static let roundingError = 0.001
}
