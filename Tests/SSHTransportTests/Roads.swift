import FleetModel
import Foundation
import Glibc
import HostAccess
import SSHTransport
import Testing

/// Several real servers, a connector that knows all of their keys, and endpoints that lead through one another.
struct Roads {
    let servers: [PrivateServer]
    let connector: SSHConnector

    /// `options[n]` are those of the nth server.
    static func with<Result>(
        _ options: [[String]], _ change: (inout SSHConfiguration) -> Void = { _ in },
        _ body: (Roads) async throws -> Result
    ) async throws -> Result {
        try await start(options[...], change, [], body)
    }

    private static func start<Result>(
        _ options: ArraySlice<[String]>, _ change: (inout SSHConfiguration) -> Void, _ servers: [PrivateServer],
        _ body: (Roads) async throws -> Result
    ) async throws -> Result {
        guard let first = options.first else {
            return try await servers[0].withConnector {
                $0.knownHostsFiles = servers.map(\.knownHosts)
                change(&$0)
            } _: { connector in
                try await body(Roads(servers: servers, connector: connector))
            }
        }
        return try await PrivateServer.with(options: first) { server in
            try await start(options.dropFirst(), change, servers + [server], body)
        }
    }

    /// The last of the servers, through those before it in this list.
    func endpoint(through numbers: [Int], to number: Int, port: Int? = nil) throws -> HostEndpoint {
        var endpoint = try servers[number].endpoint(port: port)
        endpoint.name = try #require(HostName("host-\(number)"))
        endpoint.jumps = try numbers.map { number in
            var hop = try servers[number].endpoint()
            hop.name = try #require(HostName("bastion-\(number)"))
            return hop
        }
        return endpoint
    }

    func error(of endpoint: HostEndpoint, deadline: Duration = .seconds(20)) async throws -> HostAccessError {
        try #require(
            await #expect(throws: HostAccessError.self) {
                try await connector.connect(to: endpoint, deadline: deadline)
            })
    }
}

/// A port whose listener accepts nobody: whoever connects hears nothing, as from a host that is down.
final class SilentPort: Sendable {
    let port: Int
    private let descriptors: [Int32]

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let port = try Loopback.freePort()
        self.port = port
        try Loopback.listen(listener, port: port, backlog: 0)
        // Beyond the backlog the kernel drops what asks for a connection (listen(2)).
        descriptors = [listener] + (0..<4).map { _ in Loopback.startConnecting(port: port) }
    }

    deinit { descriptors.forEach { close($0) } }
}

extension Loopback {
    static func listen(_ descriptor: Int32, port: Int, backlog: Int32) throws {
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: address(port: port)) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard result == 0, Glibc.listen(descriptor, backlog) == 0 else {
            throw TestProblem(description: "cannot listen on port \(port): errno \(errno)")
        }
    }

    static func startConnecting(port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafePointer(to: address(port: port)) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        return descriptor
    }

    /// This process's sockets that are connected to a port.
    static func socketCount(to port: Int) throws -> Int {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        return descriptors.count { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
            }
            return result == 0 && address.sin_family == AF_INET && UInt16(bigEndian: address.sin_port) == port
        }
    }
}
