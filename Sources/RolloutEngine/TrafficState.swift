import FleetModel

/// What the balancers were told in this rollout, and what is known of it.
struct TrafficState: Sendable {
    /// What a shift of the traffic is for.
    enum Purpose: Sendable {
        case step
        /// Away from every changed host, before they are restored.
        case retreat
        /// Back to what was found, so that the idle side is idle.
        case home
        /// The last word: what is meant to be is read back once more.
        case closing
    }

    /// Hosts that are withdrawn, or not healthy on the idle side, get nothing of it.
    var wanted: TrafficAllocation
    /// Every balancer was read back and has it.
    var isVerified = true
    /// A balancer was told something.
    var isTouched = false
    var isRetreatDue = false
    /// Tried as often as may be.
    var hasFailedToComeHome = false
    var pending: (attempt: Int, purpose: Purpose)?
    /// Of the shift that is under way.
    var tries = 0
    /// Why the last shift failed.
    var problem: String?
    /// Idle hosts that serve by the last shift.
    var servingSpares = 0
    let members: [HostName: [TrafficMember]]

    init(of plan: TrafficPlan) {
        wanted = plan.initial
        members = Dictionary(grouping: plan.members, by: \.host)
    }

    mutating func begin(_ attempt: Int, _ allocation: TrafficAllocation, for purpose: Purpose) {
        wanted = allocation
        (isVerified, isTouched, pending) = (false, true, (attempt, purpose))
        tries += 1
    }

    mutating func succeeded() { (isVerified, tries, problem) = (true, 0, nil) }
}
