import FleetModel

/// Where a service stands in nginx's configuration, the same on all its balancers.
public struct NginxSettings: Hashable, Sendable {
    /// The name of the group of servers; `proxy_pass http://$NAME_upstream` sends to it, or where a request is routed.
    public var upstream: String
    /// Is ours alone, and is included in nginx's `http` block.
    public var file: String
    /// A shell command that fails where nginx would not take its configuration.
    public var test: String
    /// A shell command that makes nginx read it.
    public var reload: String
    /// Holds the number of nginx's master process.
    public var pidFile: String

    public init(
        upstream: String, file: String, test: String = "nginx -t", reload: String = "systemctl reload nginx",
        pidFile: String = "/run/nginx.pid"
    ) {
        self.upstream = upstream
        self.file = file
        self.test = test
        self.reload = reload
        self.pidFile = pidFile
    }

    /// - Throws: a name that would be something else in nginx's configuration, or a path that is none.
    func validate() throws(TrafficError) {
        guard NginxUpstreams.isName(upstream) else {
            throw TrafficError(.misconfigured, "'\(upstream.printable())' is no name of an upstream")
        }
        for path in [file, pidFile] where !path.hasPrefix("/") {
            throw TrafficError(.misconfigured, "'\(path.printable())' is no absolute path on the balancer's host")
        }
    }
}
