import Glibc
import NIOCore

/// What carries a session's bytes to its peer; what comes back goes to ``SSHSession/received(_:)``.
///
/// A socket, or a channel of another session.
protocol BytePipe: Sendable {
    /// False while so much is waiting to be sent that more should not be handed over.
    var hasRoom: Bool { get }
    func send(_ bytes: ByteBuffer)
    func close()
}

/// A TCP connection.
struct SocketPipe: BytePipe {
    let channel: any Channel

    /// Together with what a session holds itself: at most 512 KiB wait for a slow peer.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    var hasRoom: Bool { channel.isWritable }
    func send(_ bytes: ByteBuffer) { channel.writeAndFlush(bytes, promise: nil) }
    func close() { channel.close(promise: nil) }
}

/// Hands what happens on a socket to the session that owns it.
final class SocketReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let session: SSHSession
    private let ended: (_ reason: String?) -> Void
    private var problem: (any Error)?

    init(session: SSHSession) {
        self.session = session
        ended = { reason in session.assumeIsolated { $0.pipeEnded(because: reason) } }
    }

    /// For whoever knows more about the end than the socket does, and tells the session.
    init(session: SSHSession, ended: @escaping (_ reason: String?) -> Void) {
        self.session = session
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        session.assumeIsolated { $0.received(bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { session.assumeIsolated { $0.pump() } }

    func channelWritabilityChanged(context: ChannelHandlerContext) { session.assumeIsolated { $0.pump() } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        problem = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(problem.map { ($0 as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\($0)" })
    }
}
