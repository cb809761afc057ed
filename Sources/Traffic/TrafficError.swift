/// Why traffic could not be read or changed, without the balancer's name.
public struct TrafficError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, for those who decide by it.
    public enum Kind: Hashable, Sendable {
        /// The balancer's host, or the balancer on it, does not answer.
        case unreachable
        /// It answered that it will not.
        case refused
        /// What it is asked to do does not fit how it is set up.
        case misconfigured
        /// It answered what nobody can make sense of.
        case unreadable
        /// It took the change, and is not as wanted by the deadline.
        case unsettled
    }

    public var kind: Kind
    public var problem: String
    public var hint: String?

    public init(_ kind: Kind, _ problem: String, hint: String? = nil) {
        (self.kind, self.problem, self.hint) = (kind, problem, hint)
    }

    public var description: String { problem }
}

/// The problems of all balancers together, never just the first one's.
public struct TrafficErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// By the name of the balancer.
    public var byBalancer: [String: TrafficError]

    public init(_ byBalancer: [String: TrafficError]) { self.byBalancer = byBalancer }

    public var description: String {
        byBalancer.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.problem)" }.joined(separator: "; ")
    }

    /// The remedies, each once.
    public var hints: [String] { Set(byBalancer.values.compactMap(\.hint)).sorted() }
}
