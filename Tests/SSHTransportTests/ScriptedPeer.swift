import FleetModel
import HostAccess
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SSHTransport
import Testing

/// A listener on loopback that does to each connection what a test wants.
final class ScriptedPeer: Sendable {
    let port: Int
    private let listener: any Channel

    private init(_ handler: @escaping @Sendable () -> any ChannelHandler & Sendable) async throws {
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { $0.pipeline.addHandler(handler()) }
            .bind(host: "127.0.0.1", port: 0).get()
        port = try #require(listener.localAddress?.port)
    }

    static func with<Result>(
        _ handler: @escaping @Sendable () -> any ChannelHandler & Sendable,
        _ body: (ScriptedPeer) async throws -> Result
    ) async throws -> Result {
        let peer = try await ScriptedPeer(handler)
        do {
            let result = try await body(peer)
            try await peer.listener.close()
            return result
        } catch {
            try? await peer.listener.close()
            throw error
        }
    }
}

/// Answers the first bytes of whoever connects with something, and then with nothing, or closes.
final class Talker: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    enum Then { case silence, close }

    private let words: String
    private let then: Then
    private let counter: Counter?

    init(_ words: String, then: Then, counting counter: Counter? = nil) {
        self.words = words
        self.then = then
        self.counter = counter
    }

    func channelActive(context: ChannelHandlerContext) { counter?.add() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        let sent = channel.writeAndFlush(ByteBuffer(string: words))
        if then == .close { sent.whenComplete { _ in channel.close(promise: nil) } }
    }
}

/// Counts what happens on several threads.
final class Counter: Sendable {
    private let count = NIOLockedValueBox(0)

    var value: Int { count.withLockedValue { $0 } }
    func add() { count.withLockedValue { $0 += 1 } }
}

/// Passes bytes on to another port, and cuts both connections after a number of bytes from there.
///
/// `@unchecked`: its variables are touched only on the event loop that both of its channels share.
final class CuttingRelay: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let target: Int
    private var bytesLeft: Int
    private var early: [ByteBuffer] = []
    private var far: (any Channel)?

    init(to target: Int, after count: Int) {
        self.target = target
        bytesLeft = count
    }

    func channelActive(context: ChannelHandlerContext) {
        let near = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { $0.pipeline.addHandler(FarSide(relay: self, near: near)) }
            .connect(host: "127.0.0.1", port: target)
            .whenComplete { result in
                guard case .success(let channel) = result else { return near.close(promise: nil) }
                self.far = channel
                self.early.forEach { channel.writeAndFlush($0, promise: nil) }
                self.early = []
            }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let far { far.writeAndFlush(bytes, promise: nil) } else { early.append(bytes) }
    }

    func channelInactive(context: ChannelHandlerContext) { far?.close(promise: nil) }

    private final class FarSide: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let relay: CuttingRelay
        private let near: any Channel

        init(relay: CuttingRelay, near: any Channel) {
            self.relay = relay
            self.near = near
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            let passed = bytes.readSlice(length: min(bytes.readableBytes, relay.bytesLeft)) ?? ByteBuffer()
            relay.bytesLeft -= passed.readableBytes
            near.writeAndFlush(passed, promise: nil)
            if relay.bytesLeft == 0 { near.close(promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) { near.close(promise: nil) }
    }
}

extension ScriptedPeer {
    /// What becomes of a connection to it.
    func error(deadline: Duration) async throws -> HostAccessError {
        var configuration = SSHConfiguration()
        configuration.knownHostsFiles = []
        configuration.agentSocket = nil
        let connector = SSHConnector(configuration: configuration)
        let endpoint = HostEndpoint(
            name: try #require(HostName("peer")), address: "127.0.0.1", port: port, user: "nobody")
        let error = await #expect(throws: HostAccessError.self) {
            try await connector.connect(to: endpoint, deadline: deadline)
        }
        await connector.shutdown()
        return try #require(error)
    }
}
