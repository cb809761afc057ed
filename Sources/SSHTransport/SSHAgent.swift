import FleetModel
import Glibc
import HostAccess
import NIOCore
import NIOPosix

/// A client of ssh-agent (draft-miller-ssh-agent): asks for the keys it holds and for signatures.
struct SSHAgent: Sendable {
    let socketPath: String
    let group: any EventLoopGroup

    struct Key: Hashable, Sendable {
        var publicKey: [UInt8]
        var type: String
        var comment: String
    }

    /// ssh-agent's own limit for a message, AGENT_MAX_LEN.
    private static let maximumReplyBytes = 256 << 10
    /// A signature may wait for a person to touch or confirm something, so signing is bounded by the login's deadline
    /// only.
    private static let listTimeout = TimeAmount.seconds(5)

    private enum Message {
        static let requestIdentities: UInt8 = 11
        static let identitiesAnswer: UInt8 = 12
        static let signRequest: UInt8 = 13
        static let signResponse: UInt8 = 14
    }

    func keys() async throws(HostAccessError) -> [Key] {
        var reader = SSHReader(try await ask([Message.requestIdentities], within: Self.listTimeout))
        guard reader.byte() == Message.identitiesAnswer, let count = reader.uint32() else { throw refused }
        var keys: [Key] = []
        for _ in 0..<count {
            guard let blob = reader.string(), let comment = reader.text() else { throw refused }
            if let type = HostKey(blob: blob)?.type {
                keys.append(Key(publicKey: blob, type: type, comment: comment.printable(maximumBytes: 128)))
            }
        }
        return keys
    }

    func sign(_ data: [UInt8], with publicKey: [UInt8], hash: RSAHash?) async throws(HostAccessError) -> [UInt8] {
        var request = SSHWriter()
        request.byte(Message.signRequest)
        request.string(publicKey)
        request.string(data)
        request.uint32(hash?.agentFlag ?? 0)
        var reader = SSHReader(try await ask(request.bytes, within: nil))
        guard reader.byte() == Message.signResponse, let answer = reader.string() else { throw refused }
        var signature = SSHReader(answer)
        guard let algorithm = signature.text(), let bytes = signature.string() else { throw refused }
        if let hash, algorithm != hash.rawValue {
            throw HostAccessError(
                .keyUnusable,
                "the ssh-agent at '\(socketPath)' signs with \(algorithm.printable(maximumBytes: 64)) only",
                hint: "it is too old for RSA keys; use another agent, or an ECDSA key")
        }
        return bytes
    }

    private var refused: HostAccessError {
        HostAccessError(
            .keyUnusable, "the ssh-agent at '\(socketPath)' refuses to sign",
            hint: "a locked agent is unlocked with `ssh-add -X`; one that asks (`ssh-add -c`) was answered no")
    }

    /// A locked agent says that it holds no keys.
    var emptiness: HostAccessError {
        HostAccessError(
            .keyUnusable, "the ssh-agent at '\(socketPath)' holds no keys, or is locked",
            hint: "load one with `ssh-add`, or unlock it with `ssh-add -X`")
    }

    /// One request, one reply, over a connection of its own.
    private func ask(_ request: [UInt8], within timeout: TimeAmount?) async throws(HostAccessError) -> [UInt8] {
        let loop = group.next()
        let reply = loop.makePromise(of: [UInt8].self)
        let limit = Self.maximumReplyBytes
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ReplyCollector(reply: reply, limit: limit))
                    }
                }
                .connect(unixDomainSocketPath: socketPath)
                .flatMapError { error in
                    reply.fail(error)
                    return loop.makeFailedFuture(error)
                }
                .get()
            var framed = SSHWriter()
            framed.string(request)
            channel.writeAndFlush(ByteBuffer(bytes: framed.bytes), promise: nil)
            let alarm = timeout.map { loop.scheduleTask(in: $0) { channel.close(promise: nil) } }
            defer { alarm?.cancel() }
            return try await withTaskCancellationHandler {
                defer { channel.close(promise: nil) }
                return try await reply.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> HostAccessError {
        let hint = "start one: `eval $(ssh-agent)`; a forwarded one ends with its login: log in again"
        switch error {
        case let problem as IOError where [ENOENT, ECONNREFUSED, ENOTDIR].contains(problem.errnoCode):
            return HostAccessError(.keyUnusable, "no ssh-agent runs at '\(socketPath)'", hint: hint)
        case let problem as IOError:
            let text = String(cString: strerror(problem.errnoCode))
            return HostAccessError(.keyUnusable, "the ssh-agent at '\(socketPath)' cannot be asked: \(text)")
        default:
            return HostAccessError(.keyUnusable, "the ssh-agent at '\(socketPath)' does not answer", hint: hint)
        }
    }
}

/// Collects one length-prefixed message.
private final class ReplyCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reply: EventLoopPromise<[UInt8]>
    private let limit: Int
    private var received = ByteBuffer()

    init(reply: EventLoopPromise<[UInt8]>, limit: Int) {
        self.reply = reply
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        guard let length = received.getInteger(at: received.readerIndex, as: UInt32.self) else { return }
        guard Int(length) <= limit else { return context.close(promise: nil) }
        if received.readableBytes >= 4 + Int(length), let message = received.getBytes(at: 4, length: Int(length)) {
            reply.succeed(message)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { reply.fail(ChannelError.eof) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reply.fail(error)
        context.close(promise: nil)
    }
}
