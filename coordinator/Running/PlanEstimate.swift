import FleetModel
import Reporting
import RolloutEngine
import RolloutSpec

/// How long a plan takes that goes well, from how long a host takes: sending bytes is not in it.
struct PlanEstimate: Encodable {
    let seconds: Double
    /// What that was reckoned with.
    let basis: String
    /// How often it waits until a person promotes.
    let promotions: Int

    init(of plan: RolloutPlan, _ analyses: [RolloutSpec.Analysis], hostTime: HostTime) {
        let pace = Self.pace(of: plan)
        var total = Duration.zero
        for step in plan.steps {
            switch step {
            case .change(let batch), .restore(let batch):
                total += hostTime.duration * ((plan.batches[batch].count + pace - 1) / pace)
            case .pause(let duration): total += duration ?? .zero
            case .analyse(let name): total += analyses.first { $0.name.text == name.text }?.usualTime ?? .zero
            case .shiftTraffic, .runSchemaHook, .retire: break
            }
        }
        seconds = Double(total.wholeMilliseconds) / 1000
        promotions = plan.steps.count { $0 == .pause(nil) }
        let each = Duration.seconds(Int64((Double(hostTime.duration.wholeMilliseconds) / 1000).rounded(.up))).spoken
        basis = hostTime.rollout.map { "\(each) a host, as in \($0)" } ?? "\(each) a host, assumed"
    }

    /// Hosts that go at once.
    private static func pace(of plan: RolloutPlan) -> Int {
        let isIdle = plan.hosts.contains(where: \.isIdle)
        let room = isIdle ? plan.policy.maximumParallel : plan.policy.maximumUnavailable + plan.policy.surge
        return max(1, min(plan.policy.maximumParallel, room))
    }

    var text: String {
        let whole = Duration.seconds(Int64(seconds.rounded(.up))).spoken
        let waits = promotions == 0 ? "" : ", and until it is promoted"
        return "takes about \(whole)\(promotions > 1 ? "\(waits) \(promotions) times" : waits) (\(basis))"
    }
}

extension RolloutSpec.Analysis {
    /// Without a verdict before its end.
    fileprivate var usualTime: Duration {
        switch judgement {
        case .thresholds(let thresholds): initialDelay + interval * max(0, thresholds.count - 1)
        case .comparison(let comparison): initialDelay + comparison.maximum
        }
    }
}
