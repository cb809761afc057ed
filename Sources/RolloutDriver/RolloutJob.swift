import AgentProtocol
import HostConfiguration
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import RolloutSpec
import RolloutStore

/// All that a coordinator needs to drive one rollout to its end: whoever reads it from the store can go on with it.
public struct RolloutJob: Sendable, Codable {
    public var plan: RolloutPlan
    /// Where the plan's hosts are.
    public var endpoints: [HostEndpoint]
    /// What the hosts are told of the service; on the wire's own encoding.
    private var definitionBytes: Data
    private var artifactBytes: Data
    /// Where the packed artifact is kept here; nil where every host holds the release already.
    public var artifactDirectory: String?
    public var hooks: [HookProgram]
    /// What makes the hosts' configuration; nil where there is none. It holds no secret.
    public var configuration: ConfigurationRecipe?
    /// The balancers; nil where coord knows of none.
    public var traffic: TrafficRecipe?
    /// Nil where the database's schema is none of the rollout's business.
    public var schema: SchemaRecipe?
    /// When hosts may be started; nil: at any time.
    public var schedule: MaintenanceSchedule?
    /// What the hosts are told of the instance that is retired, where that is another than the one that changes.
    private var retiredBytes: Data?

    public init(
        plan: RolloutPlan, endpoints: [HostEndpoint], definition: ServiceDefinition, artifact: ArtifactReference,
        artifactDirectory: String?, hooks: [HookProgram], configuration: ConfigurationRecipe? = nil,
        retired: ServiceDefinition? = nil
    ) {
        retiredBytes = retired.map { Data(WireWriter.encode($0)) }
        self.configuration = configuration
        self.plan = plan
        self.endpoints = endpoints
        definitionBytes = Data(WireWriter.encode(definition))
        artifactBytes = Data(WireWriter.encode(artifact))
        self.artifactDirectory = artifactDirectory
        self.hooks = hooks
    }

    /// - Throws: ``WireError`` where the store holds something else.
    public func definition() throws(WireError) -> ServiceDefinition {
        try WireReader.decode(Array(definitionBytes)[...])
    }

    /// Of the service that is retired when others have taken over: on hosts of two instances, the other one's.
    /// - Throws: ``WireError`` where the store holds something else.
    public func retiredDefinition() throws(WireError) -> ServiceDefinition {
        guard let retiredBytes else { return try definition() }
        return try WireReader.decode(Array(retiredBytes)[...])
    }

    /// The hosts that only help, beside those of the plan: balancers, and the one of the schema hooks.
    public var helpers: [HostEndpoint] {
        var known = Set(endpoints.map(\.name))
        let helpers = (traffic?.balancers ?? []) + [schema?.host].compactMap(\.self)
        return helpers.filter { known.insert($0.name).inserted }
    }

    /// All hosts that the rollout speaks to.
    public var allEndpoints: [HostEndpoint] { endpoints + helpers }

    /// Changes how the hosts are reached, all of them.
    public mutating func updateEndpoints(_ change: (inout HostEndpoint) -> Void) {
        for index in endpoints.indices { change(&endpoints[index]) }
        if var traffic {
            for index in traffic.balancers.indices { change(&traffic.balancers[index]) }
            self.traffic = traffic
        }
        if var schema {
            change(&schema.host)
            self.schema = schema
        }
    }

    /// - Throws: ``WireError`` where the store holds something else.
    public func artifact() throws(WireError) -> ArtifactReference {
        try WireReader.decode(Array(artifactBytes)[...])
    }

    /// The job as the store keeps it.
    public func encoded() throws -> Data { try JSONEncoder().encode(self) }

    /// - Throws: ``DriverError/malformedJob(_:)``.
    public static func decode(_ record: RolloutRecord) throws(DriverError) -> RolloutJob {
        do {
            let job = try JSONDecoder().decode(RolloutJob.self, from: record.job)
            _ = try job.definition()
            _ = try job.retiredDefinition()
            _ = try job.artifact()
            return job
        } catch let error as DecodingError {
            // Nobody but coord writes there.
            throw .malformedJob("\(record.id) was begun by another version of coord (\(error.place))")
        } catch {
            throw .malformedJob("\(record.id): \(error)")
        }
    }
}

extension DecodingError {
    /// What could not be read, as a path of keys.
    fileprivate var place: String {
        let path: [any CodingKey]
        switch self {
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        @unknown default: path = []
        }
        return path.isEmpty ? "it is not JSON" : path.map(\.stringValue).joined(separator: ".")
    }
}

/// A program that runs here at one point of a rollout.
public struct HookProgram: Hashable, Sendable, Codable {
    public var hook: CoordinatorHook
    /// Absolute path.
    public var path: String
    /// Where it runs: the spec's directory.
    public var directory: String

    public init(hook: CoordinatorHook, path: String, directory: String) {
        self.hook = hook
        self.path = path
        self.directory = directory
    }
}

/// Why a rollout could not be driven.
public enum DriverError: Error, Hashable, Sendable {
    case store(StoreError)
    case malformedJob(String)
}
