import FleetModel

/// What a plan was made from: kept beside it, so that a plan that was approved is carried out only while it is true.
public struct PlanInputs: Hashable, Sendable, Codable {
    /// Of the specification's file and all that it names, as read.
    public var specification: Digest
    /// Of the release's canonical archive.
    public var artifact: Digest
    /// The selected hosts as they were found.
    public var hosts: [PlannedHost]
    /// By host name: of its address and variables in the inventory.
    public var inventory: [String: Digest]
    /// Nil where there are no balancers.
    public var traffic: TrafficPlan?

    public init(
        specification: Digest, artifact: Digest, hosts: [PlannedHost], inventory: [String: Digest],
        traffic: TrafficPlan? = nil
    ) {
        self.specification = specification
        self.artifact = artifact
        self.hosts = hosts
        self.inventory = inventory
        self.traffic = traffic
    }
}

/// A plan as `coord plan -o` writes it and `coord rollout --plan` reads it.
public struct PlanDocument: Hashable, Sendable, Codable {
    /// Raised whenever older programs would misread it.
    public static let currentVersion = 1

    public let version: Int
    public var inputs: PlanInputs
    public var plan: RolloutPlan
    /// For whoever reads the file; nothing is decided by it.
    public var summary: PlanSummary

    public init(_ plan: RolloutPlan, from inputs: PlanInputs) {
        version = Self.currentVersion
        self.inputs = inputs
        self.plan = plan
        summary = PlanSummary(of: plan)
    }

    public init(from decoder: any Decoder) throws {
        let document = try decoder.container(keyedBy: CodingKeys.self)
        version = try document.decode(Int.self, forKey: .version)
        guard version == Self.currentVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: document,
                debugDescription: "version \(version) of plans is not known, only \(Self.currentVersion)")
        }
        inputs = try document.decode(PlanInputs.self, forKey: .inputs)
        plan = try document.decode(RolloutPlan.self, forKey: .plan)
        summary = try document.decode(PlanSummary.self, forKey: .summary)
    }
}
