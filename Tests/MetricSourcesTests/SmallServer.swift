import NIOCore
import NIOPosix

/// Answers every connection's first bytes in one way, on a loopback port of its own.
struct SmallServer {
    /// What it does when it is asked.
    enum Answer: Sendable {
        /// These bytes, and closes.
        case text(String)
        /// A body without an end.
        case endless
        /// A head, and nothing after it.
        case head
        case silence
    }

    let port: Int
    private let channel: any Channel

    init(_ answer: Answer) async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnsweringHandler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func stop() async throws { try await channel.close() }

    /// A whole HTTP answer.
    static func http(_ body: String, status: String = "200 OK") -> Answer {
        .text("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }
}

private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: SmallServer.Answer
    private var hasAnswered = false

    init(_ answer: SmallServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        switch answer {
        case .text(let text):
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
                context.value.close(promise: nil)
            }
        case .endless:
            write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", context)
            writeChunk(NIOLoopBound(context, eventLoop: context.eventLoop))
        case .head: write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", context)
        case .silence: break
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func writeChunk(_ context: NIOLoopBound<ChannelHandlerContext>) {
        let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
        let handler = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(string: chunk))).whenSuccess {
            handler.value.writeChunk(context)
        }
    }
}
