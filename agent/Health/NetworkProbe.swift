import CAgentShim
import Glibc

/// Connects to an address, and where a request is given, sends it and reads the first line of the reply.
final class NetworkProbe: Probe {
    private static let maximumReplyBytes = 4096

    private let loop: EventLoop
    private let onEnd: (ProbeResult) -> Void
    private let place: String
    private let exchange: HTTPExchange?
    private let port: UInt16
    private var hosts: [String]
    private var socket: Int32 = -1
    private var deadline: EventLoop.Timer?
    private var unsent: ArraySlice<UInt8> = []
    private var reply: [UInt8] = []
    private var isOver = false

    /// - Parameter host: An IP address or `localhost`.
    init(
        host: String, port: UInt16, exchange: HTTPExchange?, timeout: UInt64, loop: EventLoop,
        onEnd: @escaping (ProbeResult) -> Void
    ) {
        (self.port, self.exchange, self.loop, self.onEnd) = (port, exchange, loop, onEnd)
        place = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        hosts = host == "localhost" ? ["127.0.0.1", "::1"] : [host]
        super.init()
        // Ends are told later, never from here: the caller is not ready for them yet.
        deadline = loop.after(milliseconds: 0) {
            self.deadline = loop.after(milliseconds: max(1, timeout)) {
                self.finish("\(self.place): no answer within \(timeout) ms")
            }
            self.connectNext("no address")
        }
    }

    override func cancel() {
        isOver = true
        loop.cancel(deadline)
        closeSocket()
    }

    private func finish(_ problem: String) {
        guard !isOver else { return }
        cancel()
        onEnd(ProbeResult(problem: problem))
    }

    private func connectNext(_ lastProblem: String) {
        closeSocket()
        guard !hosts.isEmpty else { return finish("\(place): \(lastProblem)") }
        let host = hosts.removeFirst()
        var address = sockaddr_storage()
        let size = agent_parse_address(host, port, &address)
        guard size > 0 else { return finish("'\(host)' is neither an IP address nor localhost") }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        socket = Glibc.socket(Int32(address.ss_family), type, 0)
        guard socket >= 0 else { return connectNext(String(cString: strerror(errno))) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
        }
        guard result == 0 || errno == EINPROGRESS else { return connectNext(String(cString: strerror(errno))) }
        loop.watch(socket, for: Int16(POLLOUT)) { _ in self.connected() }
    }

    private func connected() {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)
        guard error == 0 else { return connectNext(String(cString: strerror(error))) }
        guard let exchange else { return finish("") }
        unsent = exchange.request(host: place)[...]
        loop.watch(socket, for: Int16(POLLOUT)) { _ in self.send() }
    }

    private func send() {
        let count = unsent.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count >= 0 || errno == EAGAIN else { return finish("\(place): " + String(cString: strerror(errno))) }
        unsent = unsent.dropFirst(max(0, count))
        if unsent.isEmpty { loop.watch(socket, for: Int16(POLLIN)) { _ in self.receive() } }
    }

    private func receive() {
        var part = [UInt8](repeating: 0, count: 1024)
        let count = recv(socket, &part, part.count, 0)
        if count < 0, errno == EAGAIN { return }
        if count > 0 { reply += part[..<count] }
        let isOver = count <= 0 || reply.count > Self.maximumReplyBytes
        guard let problem = exchange?.problem(withReply: reply, isOver: isOver) else { return }
        finish(problem.utf8.isEmpty ? "" : "\(place): \(problem)")
    }

    private func closeSocket() {
        guard socket >= 0 else { return }
        loop.unwatch(socket)
        close(socket)
        socket = -1
    }
}
