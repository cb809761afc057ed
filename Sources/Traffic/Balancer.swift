/// A driver of one balancer: reads what it does and makes it do something else, without waiting for the effect.
public protocol Balancer: Sendable {
    /// What people know it by: the name of its host.
    var name: String { get }

    /// What it does now.
    func read() async throws(TrafficError) -> BalancerState

    /// Changes what differs between the two. Only one write runs at a time.
    func write(_ wanted: BalancerState, over found: BalancerState) async throws(TrafficError)

    /// What it has to do with these members now, all together.
    func use(of members: Set<String>) async throws(TrafficError) -> MemberUse
}

extension Balancer {
    /// It can't tell, so whoever is connected counts. nginx keeps nobody waiting by that: the workers from before a
    /// reload end the connections that they keep idle, and each other one when its request is answered.
    public func use(of members: Set<String>) async throws(TrafficError) -> MemberUse { MemberUse() }
}
