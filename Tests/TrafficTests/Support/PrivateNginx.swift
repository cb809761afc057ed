import FleetModel
import Foundation
import Traffic

/// A real nginx in front of a fleet, for one test.
struct PrivateNginx: Sendable {
    let fleet: Fleet
    let port: UInt16
    let previewPort: UInt16
    let host = LocalHost()

    init(before fleet: Fleet) throws {
        self.fleet = fleet
        port = try Machine.freePort()
        previewPort = try Machine.freePort()
    }

    private func path(_ name: String) -> String { fleet.machine.path("nginx-\(name)") }
    private var command: String { "/usr/sbin/nginx -p \(fleet.machine.directory) -c \(path("nginx.conf"))" }

    var file: String { path("upstream.conf") }

    var settings: NginxSettings {
        NginxSettings(
            upstream: "shop", file: file, test: "\(command) -t -q", reload: "\(command) -s reload",
            pidFile: path("pid"))
    }

    func balancer(_ change: (inout NginxSettings) -> Void = { _ in }) throws -> NginxBalancer {
        var settings = settings
        change(&settings)
        return try NginxBalancer(
            name: "lb1", settings: settings, members: fleet.members, on: host, reloadTimeout: .seconds(3))
    }

    /// One worker, because each takes its own turns; other files may be included.
    private var configuration: String {
        """
        daemon off;
        worker_processes 1;
        pid \(path("pid"));
        error_log \(path("error.log"));
        events { }
        http {
            access_log off;
            client_body_temp_path \(path("body")); proxy_temp_path \(path("proxy")); fastcgi_temp_path \(path("fcgi"));
            uwsgi_temp_path \(path("uwsgi")); scgi_temp_path \(path("scgi"));
            include \(path("upstream.con[f]"));
            include \(path("extra.con[f]"));
            proxy_next_upstream off;
            server { listen 127.0.0.1:\(port); location / { proxy_pass http://$shop_upstream; } }
            server { listen 127.0.0.1:\(previewPort); location / { proxy_pass http://shop_preview; } }
        }

        """
    }

    /// With the file as a first allocation writes it.
    func running<Result>(_ body: () async throws -> Result) async throws -> Result {
        try fleet.machine.write("nginx-nginx.conf", configuration)
        try fleet.machine.write("nginx-upstream.conf", balancer().initialText)
        let arguments = ["/usr/sbin/nginx", "-p", fleet.machine.directory, "-c", path("nginx.conf")]
        return try await fleet.machine.running(arguments) {
            try await Machine.waitUntil("nginx") {
                try Fleet.answers(1, port: port).keys.allSatisfy(Fleet.names.contains)
            }
            return try await body()
        }
    }

    /// Breaks nginx's configuration elsewhere.
    func breakConfiguration() throws { try fleet.machine.write("nginx-extra.conf", "nonsense on;\n") }
}
