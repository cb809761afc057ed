import FleetModel
import HostAccess
import RolloutSpec
import Traffic

/// What it takes to speak to a rollout's balancers, wherever its coordinator runs.
public struct TrafficRecipe: Hashable, Sendable, Codable {
    public var settings: RolloutSpec.Traffic
    /// Where a balancer's script runs: the spec's directory.
    public var directory: String
    /// The hosts that run a balancer; none for a script's.
    public var balancers: [HostEndpoint]

    public init(_ settings: RolloutSpec.Traffic, directory: String, balancers: [HostEndpoint]) {
        (self.settings, self.directory, self.balancers) = (settings, directory, balancers)
    }

    /// A driver for each balancer; `host` gives what it needs of that balancer's host.
    /// - Throws: what none of them can be set up with.
    func makeBalancers(
        for members: [TrafficMember], on host: (HostName) -> any BalancerHost
    ) throws(TrafficError) -> [any Balancer] {
        var made: [any Balancer] = []
        switch settings.balancers {
        case .haproxy(let haproxy):
            for name in balancers.map(\.name) {
                made.append(
                    try HAProxyBalancer(
                        name: name.text, settings: HAProxySettings(haproxy), members: members, on: host(name)))
            }
        case .nginx(let nginx):
            for name in balancers.map(\.name) {
                made.append(
                    try NginxBalancer(
                        name: name.text, settings: NginxSettings(nginx), members: members, on: host(name)))
            }
        case .script(let path):
            let program = BalancerScript(path: absolutePath(path.text, in: directory), directory: directory)
            made.append(ScriptBalancer(name: path.text, members: members, program: program))
        }
        return made
    }
}

extension HAProxySettings {
    init(_ haproxy: RolloutSpec.Traffic.HAProxy) {
        let socket: BalancerSocket =
            switch haproxy.socket {
            case .unix(let path): .unix(path)
            case .tcp(let endpoint): .tcp(host: endpoint.host, port: endpoint.port)
            }
        self.init(
            socket: socket, backend: haproxy.backend, routeBackend: haproxy.route?.backend, map: haproxy.route?.map,
            previewBackend: haproxy.previewBackend)
    }
}

extension NginxSettings {
    init(_ nginx: RolloutSpec.Traffic.Nginx) {
        self.init(upstream: nginx.upstream, file: nginx.file, test: nginx.test, reload: nginx.reload)
    }
}
