/// All that an agent needs to know of a service for one rollout; it travels once, with ``Begin``, and is kept on the
/// host.
public struct ServiceDefinition: WireMessage {
    /// The service's name: `[a-z0-9][a-z0-9._-]*`, at most 63 bytes.
    public var service = ""
    /// Absolute path; holds `releases/`, `shared/` and the link `current`. Empty where nothing of the service is
    /// installed: on a host that only runs its balancer, or a hook of it. No release can be staged there.
    public var installDirectory = ""
    public var control = ServiceControl()
    public var checks: [HealthCheck] = []
    public var hooks: [Hook] = []
    /// Releases to keep, the current and the previous one included; at least 2.
    public var keepReleases: UInt64 = 0
    /// Between two rounds of health checks, in milliseconds.
    public var intervalMilliseconds: UInt64 = 0
    /// For each hook and each start, stop or restart of the service, in milliseconds.
    public var commandTimeoutMilliseconds: UInt64 = 0

    public init() {}

    public func write(to writer: inout WireWriter) {
        writer.write(1, service)
        writer.write(2, installDirectory)
        writer.write(3, control)
        writer.write(4, checks)
        writer.write(5, hooks)
        writer.write(6, keepReleases)
        writer.write(7, intervalMilliseconds)
        writer.write(8, commandTimeoutMilliseconds)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.next() {
            switch field.number {
            case 1: service = try field.text()
            case 2: installDirectory = try field.text()
            case 3: control = try field.message()
            case 4: try field.append(to: &checks)
            case 5: try field.append(to: &hooks)
            case 6: keepReleases = try field.integer()
            case 7: intervalMilliseconds = try field.integer()
            case 8: commandTimeoutMilliseconds = try field.integer()
            default: break
            }
        }
    }
}

/// How the service is started and stopped: a systemd unit, or four shell commands where `unit` is empty.
public struct ServiceControl: WireMessage {
    /// For example `shop.service`.
    public var unit = ""
    /// The unit belongs to the user's own systemd instance (`systemctl --user`).
    public var isUserUnit = false
    public var start = ""
    public var stop = ""
    public var restart = ""
    /// Exit status 0 means running, anything else not.
    public var status = ""

    public init() {}

    public func write(to writer: inout WireWriter) {
        writer.write(1, unit)
        writer.write(2, isUserUnit)
        writer.write(3, start)
        writer.write(4, stop)
        writer.write(5, restart)
        writer.write(6, status)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.next() {
            switch field.number {
            case 1: unit = try field.text()
            case 2: isUserUnit = try field.flag()
            case 3: start = try field.text()
            case 4: stop = try field.text()
            case 5: restart = try field.text()
            case 6: status = try field.text()
            default: break
            }
        }
    }
}

/// One way to ask whether the service is well. That its unit is active is always asked too.
public struct HealthCheck: WireMessage {
    /// What is asked.
    public enum Probe: Equatable, Sendable {
        /// Exit status 0 is healthy. The whole script travels; its first line names its interpreter.
        case script([UInt8])
        /// A `GET`; `host` is an IP address or `localhost` (the agent has no resolver), `status` the code of a healthy
        /// reply.
        case http(host: String, port: UInt16, path: String, status: UInt64)
        /// A connection that is accepted is healthy.
        case tcp(host: String, port: UInt16)
    }

    /// What reports call it, for example `checks/health.sh`.
    public var name: String
    public var probe: Probe
    public var timeoutMilliseconds: UInt64

    public init(name: String, probe: Probe, timeoutMilliseconds: UInt64) {
        self.name = name
        self.probe = probe
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, timeoutMilliseconds)
        switch probe {
        case .script(let content):
            writer.write(3, 1 as UInt64)
            writer.write(4, content)
        case .http(let host, let port, let path, let status):
            writer.write(3, 2 as UInt64)
            writer.write(5, host)
            writer.write(6, UInt64(port))
            writer.write(7, path)
            writer.write(8, status)
        case .tcp(let host, let port):
            writer.write(3, 3 as UInt64)
            writer.write(5, host)
            writer.write(6, UInt64(port))
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var kind: UInt64 = 0
        var port: UInt64 = 0
        var status: UInt64 = 0
        var host = ""
        var path = ""
        var content: [UInt8] = []
        (name, timeoutMilliseconds) = ("", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 2: timeoutMilliseconds = try field.integer()
            case 3: kind = try field.integer()
            case 4: content = Array(try field.bytes())
            case 5: host = try field.text()
            case 6: port = try field.integer()
            case 7: path = try field.text()
            case 8: status = try field.integer()
            default: break
            }
        }
        switch (kind, UInt16(exactly: port)) {
        case (1, _): probe = .script(content)
        case (2, .some(let port)): probe = .http(host: host, port: port, path: path, status: status)
        case (3, .some(let port)): probe = .tcp(host: host, port: port)
        default: throw .unknownKind
        }
    }
}

/// A script that runs at one point of a host's deployment, in CodeDeploy's order.
public struct Hook: WireMessage {
    /// Where in the deployment it runs, in this order.
    public enum Point: UInt64, CaseIterable, Sendable {
        case beforeBlockTraffic = 1, blockTraffic, afterBlockTraffic, applicationStop, beforeInstall, install,
            afterInstall
        case applicationStart, validateService, beforeAllowTraffic, allowTraffic, afterAllowTraffic
    }

    public var point: Point
    /// What reports call it, for example `checks/smoke.sh`.
    public var name: String
    public var content: [UInt8]

    public init(point: Point, name: String, content: [UInt8]) {
        self.point = point
        self.name = name
        self.content = content
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, point.rawValue)
        writer.write(2, name)
        writer.write(3, content)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var point: Point?
        (name, content) = ("", [])
        while let field = try reader.next() {
            switch field.number {
            case 1: point = Point(rawValue: try field.integer())
            case 2: name = try field.text()
            case 3: content = Array(try field.bytes())
            default: break
            }
        }
        guard let point else { throw .unknownKind }
        self.point = point
    }
}
