import FleetModel

/// One step of a plan. Steps are done in order, each to its end before the next.
public enum PlanStep: Hashable, Sendable, Codable {
    /// Brings the release to the hosts of a batch, as many at once as the promises allow.
    case change(batch: Int)
    /// A rehearsal of the way back: restores that batch's hosts. They change once more in a later step.
    case restore(batch: Int)
    /// Brings every balancer to this allocation, and reads it back from each.
    case shiftTraffic(TrafficAllocation)
    /// Waits this long, or until a person promotes; nil: until a person promotes.
    case pause(Duration?)
    /// Measures, and goes on, stops or asks by the verdict.
    case analyse(AnalysisName)
    /// Runs a program once, on one host of the service.
    case runSchemaHook(SchemaHook, on: HostName)
    /// Stops what these hosts ran before the traffic was taken from it.
    case retire([HostName])

    /// The batch that it changes or restores.
    public var batch: Int? {
        switch self {
        case .change(let batch), .restore(let batch): batch
        case .shiftTraffic, .pause, .analyse, .runSchemaHook, .retire: nil
        }
    }
}

/// An analysis as the specification names it.
public struct AnalysisName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }
}

/// The text alone.
extension AnalysisName: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// What changes a database's schema around a rollout, in the way of expand and contract: old and new code can both live
/// with what lies between the two.
public enum SchemaHook: String, Hashable, Sendable, Codable, CaseIterable {
    /// Before the first host changes.
    case expand
    /// After the last host has changed; never on the way back.
    case contract
}

/// The balancers of a rollout and what they are to do while it runs.
public struct TrafficPlan: Hashable, Sendable, Codable {
    /// The hosts that run a balancer; every one is switched and read back. None where a script speaks to it.
    public var balancers: [HostName]
    public var members: [TrafficMember]
    /// As it was found, equal on every balancer.
    public var initial: TrafficAllocation
    /// Where the traffic goes first when the rollout fails or is aborted while it was shared out by steps: away from
    /// every changed host. Nil: hosts are drained one by one, as on the way forward.
    public var retreat: TrafficAllocation?
    /// How long a host may take to end the connections it has.
    public var drainTimeout: Duration

    public init(
        balancers: [HostName], members: [TrafficMember], initial: TrafficAllocation,
        retreat: TrafficAllocation? = nil, drainTimeout: Duration = .seconds(30)
    ) {
        self.balancers = balancers
        self.members = members
        self.initial = initial
        self.retreat = retreat
        self.drainTimeout = drainTimeout
    }

    private enum CodingKeys: String, CodingKey {
        case balancers, members, initial, retreat, drainTimeout
    }

    /// Reads what ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        balancers = try container.decode([HostName].self, forKey: .balancers)
        members = try container.decode([TrafficMember].self, forKey: .members)
        initial = try container.decode(TrafficAllocation.self, forKey: .initial)
        retreat = try container.decodeIfPresent(TrafficAllocation.self, forKey: .retreat)
        drainTimeout = try container.decodeDuration(forKey: .drainTimeout)
    }

    /// Durations are text: see docs/json-plan.md.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(balancers, forKey: .balancers)
        try container.encode(members, forKey: .members)
        try container.encode(initial, forKey: .initial)
        try container.encodeIfPresent(retreat, forKey: .retreat)
        try container.encode(spoken: drainTimeout, forKey: .drainTimeout)
    }
}
