import FleetModel
import Foundation
import Traffic

/// A real HAProxy in front of a fleet, for one test.
struct PrivateHAProxy: Sendable {
    let fleet: Fleet
    let name: String
    let port: UInt16
    let previewPort: UInt16
    let tcpPort: UInt16
    let host = LocalHost()

    init(_ name: String = "lb1", before fleet: Fleet) throws {
        self.fleet = fleet
        self.name = name
        port = try Machine.freePort()
        previewPort = try Machine.freePort()
        tcpPort = try Machine.freePort()
    }

    private func path(_ suffix: String) -> String { fleet.machine.path("\(name)-\(suffix)") }

    var settings: HAProxySettings {
        HAProxySettings(
            socket: .unix(path("admin.sock")), backend: "shop", routeBackend: "shop_b", map: path("shop.map"),
            previewBackend: "shop_preview")
    }

    func balancer(_ change: (inout HAProxySettings) -> Void = { _ in }) throws -> HAProxyBalancer {
        var settings = settings
        change(&settings)
        return try HAProxyBalancer(name: name, settings: settings, members: fleet.members, on: host)
    }

    /// Its operator's socket, which may look and not touch.
    var operatorSocket: BalancerSocket { .unix(path("operator.sock")) }

    private var configuration: String {
        func servers(_ parameters: String) -> String {
            fleet.members.map { "  server \($0.name) 127.0.0.1:\($0.port) \(parameters)" }.joined(separator: "\n")
        }
        let map = path("shop.map")
        return """
            global
              stats socket \(path("admin.sock")) mode 600 level admin
              stats socket \(path("operator.sock")) mode 600 level operator
            defaults
              mode http
              timeout connect 1s
              timeout client 10s
              timeout server 10s
            frontend front
              bind 127.0.0.1:\(port)
              http-request set-var-fmt(txn.header) header:x-variant=%[req.hdr(x-variant)]
              http-request set-var-fmt(txn.cookie) cookie:variant=%[req.cook(variant)]
              use_backend %[var(txn.header),map_str(\(map))] if { var(txn.header),map_str(\(map)) -m found }
              use_backend %[var(txn.cookie),map_str(\(map))] if { var(txn.cookie),map_str(\(map)) -m found }
              default_backend shop
            frontend preview
              bind 127.0.0.1:\(previewPort)
              default_backend shop_preview
            frontend shop_tcp
              mode tcp
              bind 127.0.0.1:\(tcpPort)
              default_backend shop_tcp
            backend shop_tcp
              mode tcp
            \(servers("weight 0"))
            backend shop
              option httpchk GET /healthz
            \(servers("weight 100 check inter 50ms fall 1 rise 1"))
            backend shop_b
            \(servers("weight 0"))
            backend shop_preview
            \(servers("weight 0"))

            """
    }

    func running<Result>(_ body: () async throws -> Result) async throws -> Result {
        let file = try fleet.machine.write("\(name).cfg", configuration)
        try fleet.machine.write("\(name)-shop.map", "")
        return try await fleet.machine.running(["/usr/sbin/haproxy", "-db", "-f", file]) {
            try await Machine.waitUntil("HAProxy") {
                try Fleet.answers(1, port: port).keys.allSatisfy(Fleet.names.contains)
            }
            return try await body()
        }
    }

    /// As a person does.
    func tell(_ command: String) async throws {
        _ = try await host.exchange(command, with: settings.socket)
    }
}
