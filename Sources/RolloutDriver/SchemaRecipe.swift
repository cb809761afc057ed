import FleetModel
import HostAccess
import RolloutEngine

/// How a database's schema changes around a rollout: programs that run once, on one host.
public struct SchemaRecipe: Hashable, Sendable, Codable {
    /// Where they run; it may be none of the plan's hosts.
    public var host: HostEndpoint
    /// Whole scripts; the first line names the interpreter.
    public var programs: [SchemaHook: [UInt8]]

    public init(host: HostEndpoint, programs: [SchemaHook: [UInt8]]) {
        (self.host, self.programs) = (host, programs)
    }
}
