/// Connects, and where HTTP is wanted asks and reads the reply.
final class NetworkProbe: Probe {
    private static let maximumReplyBytes = 4096

    private var conversation: Conversation?

    /// - Parameter host: An IP address or `localhost`.
    init(
        host: String, port: UInt16, exchange: HTTPExchange?, timeout: UInt64, loop: EventLoop,
        onEnd: @escaping (ProbeResult) -> Void
    ) {
        super.init()
        let address = Conversation.Address.tcp(host: host, port: port)
        conversation = Conversation(
            with: address, saying: exchange?.request(host: address.text) ?? [],
            maximumReplyBytes: Self.maximumReplyBytes, timeout: timeout, loop: loop,
            judge: { exchange?.problem(withReply: $0, isOver: $1) },
            onEnd: { problem, _ in onEnd(ProbeResult(problem: problem)) })
    }

    override func cancel() { conversation?.cancel() }
}
