import AgentProtocol
import Artifact
import FleetModel
import HostAccess
import RolloutEngine
import RolloutSpec

// A request to plan by without asking any host.

extension RolloutPreparation {
    /// The request for the spec's release on hosts that are taken to be well and to run `current`; balancers share the
    /// requests out evenly, and of two sides blue has them all. The artifact is not read.
    /// - Throws: ``PreparationError``.
    public func assumedRequest(_ id: RolloutID, current: ReleaseID) throws(PreparationError) -> PlanRequest {
        let hooks = try coordinatorHooks()
        let schema = try schemaRecipe()
        let definition = try definition(of: spec.strategy.instances.map { _ in .green })
        try refusePartOfSides()
        let release = spec.release ?? Artifact.defaultReleaseID(fileName: spec.artifact.text, digest: Self.unreadDigest)
        let runsRelease = current == release
        let domains = try domains()
        let hosts = endpoints.map { endpoint in
            PlannedHost(
                name: endpoint.name, current: current.text,
                currentDigest: runsRelease ? Self.unreadDigest : Self.currentDigest, isSick: false,
                domains: domains[endpoint.name] ?? [:])
        }
        let strategy = Strategy(spec.strategy, named)
        var request = request(id, strategy, hosts, release, Self.unreadDigest)
        request.hostHookCount = definition.hooks.count
        request.traffic = assumedTraffic(for: strategy)
        setCourse(of: &request, hooks, schema)
        return request
    }

    private func assumedTraffic(for strategy: Strategy) -> TrafficPlan? {
        guard let traffic = spec.traffic else { return nil }
        let members = spec.members(on: named.group.isEmpty ? endpoints : named.group, at: named.addresses)
        let weights = members.map { ($0.name, TrafficAllocation.maximumWeight) }
        var plan = TrafficPlan(
            balancers: named.balancers.map(\.name), members: members,
            initial: TrafficAllocation(weights: Dictionary(weights, uniquingKeysWith: { first, _ in first })),
            drainTimeout: traffic.drainTimeout)
        if case .blueGreen(let blueGreen) = strategy {
            for member in blueGreen.members(of: .green, in: plan) { plan.initial.weights[member.name] = 0 }
        }
        return plan
    }

    /// Stand for archives that nobody has read; they only have to differ.
    private static let unreadDigest = assumedDigest("a")
    private static let currentDigest = assumedDigest("b")

    private static func assumedDigest(_ digit: String) -> Digest {
        guard let digest = Digest(hex: String(repeating: digit, count: 64)) else {
            preconditionFailure("64 hexadecimal digits are a digest")
        }
        return digest
    }
}
