import FleetModel
import HostAccess
import RolloutSpec

/// What the inventory says of the hosts that a spec names beside those that it selects.
public struct NamedHosts: Sendable {
    /// All hosts of the service, whether or not they are selected now.
    public var group: [HostEndpoint] = []
    /// The hosts that run a balancer.
    public var balancers: [HostEndpoint] = []
    /// Where the schema hooks run.
    public var schemaHost: HostEndpoint?
    /// The hosts of the spec's further patterns: sides, spares.
    public var patterns: [String: [HostName]] = [:]
    /// The values of the variables by which domains are told apart.
    public var labels: [String: [HostName: String]] = [:]
    /// Where balancers reach hosts, if that is elsewhere than coord does: the variable `coord_address`.
    public var addresses: [HostName: String] = [:]

    public init() {}

    func hosts(of pattern: LocatedText) -> [HostName] { patterns[pattern.text] ?? [] }

    /// The hosts that only help, beside those that are selected.
    public func helpers(beside selected: [HostEndpoint]) -> [HostEndpoint] {
        var known = Set(selected.map(\.name))
        return (balancers + [schemaHost].compactMap(\.self)).filter { known.insert($0.name).inserted }
    }
}

extension RolloutSpec.Strategy {
    /// The patterns whose hosts ``NamedHosts/patterns`` tells.
    public var patterns: [LocatedText] {
        if case .blueGreen(let blueGreen) = self, case .groups(let blue, let green) = blueGreen.sides {
            return [blue, green]
        }
        return [rollingPart?.surge].compactMap(\.self)
    }

    /// The variables whose values ``NamedHosts/labels`` tells: of racks and the like, which every host has, and of
    /// quorums, which only their members have.
    public var labels: (domains: [LocatedText], quorums: [LocatedText]) {
        guard let rolling = rollingPart else { return ([], []) }
        return (rolling.failureDomains.map(\.label), rolling.quorums.map(\.label))
    }

    private var rollingPart: Rolling? {
        switch self {
        case .rolling(let rolling): rolling
        case .canary(let canary): canary.rest
        case .abTest(let test): test.rest
        case .recreate, .blueGreen: nil
        }
    }
}
