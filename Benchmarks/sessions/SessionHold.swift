import FleetModel
import Foundation
import HostAccess
import NIOCore
import NIOPosix
import SSHTransport

/// Connects everybody, runs a command on each, holds them, closes them; one line of figures for each of these.
struct SessionHold {
    let connector: SSHConnector
    let options: Options

    private static let deadline = Duration.seconds(120)

    func run() async throws {
        let stalled = try await StallingPeers.start()
        let meter = Meter()
        meter.printHeader()
        meter.report("start", sessions: 0)
        // They run into their deadline after the rest is done: until then each holds a session and a socket.
        let victims = Task {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<options.stalled { group.addTask { await connectToStalled(number, stalled) } }
            }
        }
        var connections: [any HostConnection] = []
        try await withThrowingTaskGroup(of: (any HostConnection).self) { group in
            for number in 0..<options.sessions { group.addTask { try await connect(number) } }
            for try await connection in group { connections.append(connection) }
        }
        meter.report("connect, log in, run", sessions: connections.count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { try await runTrue(connection) } }
            try await group.waitForAll()
        }
        meter.report("run again", sessions: connections.count)
        try await Task.sleep(for: .seconds(options.hold))
        meter.report("hold \(options.hold) s, keepalives", sessions: connections.count)
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.close() } }
        }
        meter.report("close", sessions: 0)
        victims.cancel()
        await victims.value
        meter.report("cancel the stalled", sessions: 0)
    }

    private func connect(_ number: Int) async throws -> any HostConnection {
        guard let endpoint = options.endpoint(number: number) else { throw BenchmarkError(text: "no such host") }
        let connection = try await connector.connect(to: endpoint, deadline: Self.deadline)
        try await runTrue(connection)
        return connection
    }

    private func runTrue(_ connection: any HostConnection) async throws {
        let outcome = try await connection.run(
            Command(["true"]), input: [], outputLimit: 1024, deadline: Self.deadline)
        guard outcome.succeeded else { throw BenchmarkError(text: "a command ended with \(outcome.ending)") }
    }

    private func connectToStalled(_ number: Int, _ ports: [Int]) async {
        guard var endpoint = options.endpoint(number: number, port: ports[number % ports.count]) else { return }
        endpoint.jumps = []
        _ = try? await connector.connect(to: endpoint, deadline: Self.deadline)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}

/// Listeners that take connections and go no further: half say nothing at all, half greet and then fall silent.
enum StallingPeers {
    /// Many, as many hosts are: the connector paces connections to one port.
    private static let portCount = 100

    static func start() async throws -> [Int] {
        var ports: [Int] = []
        for number in 0..<portCount {
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 256)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard number.isMultiple(of: 2) else { return }
                        channel.writeAndFlush(ByteBuffer(string: "SSH-2.0-Stalled\r\n"), promise: nil)
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            guard let port = listener.localAddress?.port else { throw BenchmarkError(text: "no port") }
            ports.append(port)
        }
        return ports
    }
}
