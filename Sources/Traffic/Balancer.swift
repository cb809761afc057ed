/// A driver of one balancer: reads what it does and makes it do something else, without waiting for the effect.
public protocol Balancer: Sendable {
    /// What people know it by: the name of its host.
    var name: String { get }

    /// What it does now.
    func read() async throws(TrafficError) -> BalancerState

    /// Changes what differs between the two. Only one write runs at a time.
    func write(_ wanted: BalancerState, over found: BalancerState) async throws(TrafficError)
}
