/// What balancers have to do with a member at one time.
public struct MemberUse: Hashable, Sendable {
    /// Requests that are on their way to it or from it, or wait for it; whole connections where a balancer knows of no
    /// requests (TCP).
    public var requests: Int
    /// Connections that a balancer keeps open for later requests. Nobody notices when they end.
    public var idleConnections: Int

    public init(requests: Int = 0, idleConnections: Int = 0) {
        (self.requests, self.idleConnections) = (requests, idleConnections)
    }

    /// How much of that many connections, counted on the host right before this was read, is not to be cut. Who gets
    /// nothing new has no idle connection turn into one in use.
    ///
    /// A request that a balancer is about to send has no connection yet; one that comes from elsewhere is known to no
    /// balancer.
    public func inUse(ofEstablished count: UInt64) -> UInt64 {
        let idle = UInt64(max(0, idleConnections))
        return max(count > idle ? count - idle : 0, UInt64(max(0, requests)))
    }

    static func + (one: Self, other: Self) -> Self {
        Self(
            requests: one.requests + other.requests, idleConnections: one.idleConnections + other.idleConnections)
    }
}
